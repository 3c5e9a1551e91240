-- Exokernel bindings (docs/Systems.md, section 3) in Murphi.
--
-- Benchmarks/peers replaces the numbers below. "Nothing", "none" and false are Murphi's undefined value, so they cost no value of
-- their own. `home` never changes, has one start state for each of its values, and must be kept: what was delegated hides it.
-- The ghost `believes` is kept. Scalarsets are plain ranges when Rumur's symmetry reduction is off.

const
  Envs: 2;
  Pages: 1;
  Caps: 1;
  Starts: 2;  -- Envs to the power Caps
  read: 0;
  write: 1;

type
  env: scalarset(Envs);
  frame: scalarset(Pages);
  cap: scalarset(Caps);
  access: read .. write;
  plea: enum { asked, demanded };
  mark: 0 .. 0;  -- a flag in one bit: 0 or undefined

var
  home: array [cap] of env;
  holds: array [env] of array [cap] of access;
  owner: array [frame] of env;
  guard: array [frame] of cap;
  binding: array [env] of array [frame] of access;
  tlb: array [env] of array [frame] of access;
  reserve: array [env] of frame;
  pleads: array [env] of plea;
  repossessed: array [env] of array [frame] of mark;
  believes: array [env] of array [frame] of mark;

function has(e: env; c: cap; r: access): boolean;
begin
  return !isundefined(holds[e][c]) & holds[e][c] >= r;
end;

function owns(e: env; p: frame): boolean; begin return !isundefined(owner[p]) & owner[p] = e; end;

function reserves(e: env; p: frame): boolean; begin return !isundefined(reserve[e]) & reserve[e] = p; end;

procedure take(p: frame; e: env);
begin
  for x: env do
    undefine binding[x][p];
    undefine tlb[x][p];
  end;
  undefine owner[p];
  undefine guard[p];
  undefine pleads[e];
  if reserves(e, p) then undefine reserve[e]; end;
end;

ruleset start: 0 .. Starts - 1 do
  startstate "start"
  var
    rest: 0 .. Starts - 1;
    number: 0 .. Envs;
  begin
    undefine holds;
    undefine owner;
    undefine guard;
    undefine binding;
    undefine tlb;
    undefine reserve;
    undefine pleads;
    undefine repossessed;
    undefine believes;
    rest := start;
    for c: cap do
      number := 0;
      for e: env do
        if number = rest % Envs then
          home[c] := e;
          holds[e][c] := write;
        end;
        number := number + 1;
      end;
      rest := rest / Envs;
    end;
  end;
end;

ruleset e: env do
  ruleset f: env do
    ruleset c: cap do
      ruleset r: access do
        rule "delegate" e != f & has(e, c, r) & !has(f, c, r) ==> begin holds[f][c] := r; end;
      end;
    end;
  end;

  ruleset p: frame do
    ruleset c: cap do
      rule "alloc" isundefined(owner[p]) & has(e, c, write) & isundefined(repossessed[e][p]) ==>
      begin
        owner[p] := e;
        guard[p] := c;
        believes[e][p] := 0;
      end;

      ruleset r: access do
        rule "bind" !isundefined(guard[p]) & guard[p] = c & has(e, c, r) ==>
        begin
          binding[e][p] := r;
          undefine tlb[e][p];
        end;
      end;
    end;

    rule "release" !isundefined(binding[e][p]) ==>
    begin
      undefine binding[e][p];
      undefine tlb[e][p];
    end;

    rule "fill" !isundefined(binding[e][p]) & isundefined(tlb[e][p]) ==> begin tlb[e][p] := binding[e][p]; end;

    rule "evict" !isundefined(tlb[e][p]) ==> begin undefine tlb[e][p]; end;

    ruleset r: access do
      rule "access" !isundefined(tlb[e][p]) & tlb[e][p] >= r ==> begin end;
    end;

    rule "free" owns(e, p) ==>
    begin
      take(p, e);
      undefine believes[e][p];
    end;

    rule "keep" owns(e, p) & isundefined(pleads[e]) & !reserves(e, p) ==> begin reserve[e] := p; end;

    rule "abort" !isundefined(pleads[e]) & pleads[e] = demanded & owns(e, p) & !reserves(e, p) ==>
    begin
      take(p, e);
      repossessed[e][p] := 0;
    end;

    rule "acknowledge" !isundefined(repossessed[e][p]) ==>
    begin
      undefine repossessed[e][p];
      if owns(e, p) then believes[e][p] := 0; else undefine believes[e][p]; end;
    end;
  end;

  rule "ask" isundefined(pleads[e]) & exists p: frame do owns(e, p) & !reserves(e, p) end ==> begin pleads[e] := asked; end;

  rule "demand" !isundefined(pleads[e]) & pleads[e] = asked ==> begin pleads[e] := demanded; end;
end;

-- The state invariants; Benchmarks/peers leaves out what follows this line where it only counts.

invariant "Cached"
  forall e: env do forall p: frame do
    isundefined(tlb[e][p]) | (!isundefined(binding[e][p]) & tlb[e][p] <= binding[e][p])
  end end;

invariant "Authorised"
  forall e: env do forall p: frame do
    isundefined(guard[p]) | isundefined(binding[e][p]) | has(e, guard[p], binding[e][p])
  end end;

invariant "Guarded"
  forall p: frame do isundefined(owner[p]) = isundefined(guard[p]) end;

invariant "FreeUnbound, FreeUncached"
  forall e: env do forall p: frame do
    !isundefined(owner[p]) | (isundefined(binding[e][p]) & isundefined(tlb[e][p]))
  end end;

invariant "ReserveOwned"
  forall e: env do isundefined(reserve[e]) | owns(e, reserve[e]) end;

invariant "Told"
  forall e: env do forall p: frame do
    isundefined(believes[e][p]) | owns(e, p) | !isundefined(repossessed[e][p])
  end end;
