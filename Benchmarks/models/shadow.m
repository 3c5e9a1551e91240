-- Shadow page tables (docs/Systems.md, section 6) in Murphi.
--
-- Benchmarks/peers replaces the numbers below. "None", false and the clean word are Murphi's undefined value, so they cost no value
-- of their own. The ghost `memory` is kept. Scalarsets are plain ranges when Rumur's symmetry reduction is off.

const
  Machines: 2;
  Addresses: 1;
  Pages: 1;
  Frames: 2;
  Words: 1;  -- those that are not clean

type
  machine: scalarset(Machines);
  address: scalarset(Addresses);
  page: scalarset(Pages);
  frame: scalarset(Frames);
  word: scalarset(Words);
  mark: 0 .. 0;  -- a flag in one bit: 0 or undefined

var
  guest: array [machine] of array [address] of page;
  guest_rw: array [machine] of array [address] of mark;
  pmap: array [machine] of array [page] of frame;
  shadow: array [machine] of array [address] of frame;
  shadow_rw: array [machine] of array [address] of mark;
  content: array [frame] of word;
  memory: array [machine] of array [page] of word;

function maps(v: machine; a: address; p: page): boolean;
begin
  return !isundefined(guest[v][a]) & guest[v][a] = p;
end;

function in_frame(v: machine; p: page; f: frame): boolean;
begin
  return !isundefined(pmap[v][p]) & pmap[v][p] = f;
end;

function reaches(v: machine; a: address; f: frame): boolean;
begin
  return !isundefined(shadow[v][a]) & shadow[v][a] = f;
end;

function free(f: frame): boolean;
begin
  return forall v: machine do forall p: page do !in_frame(v, p, f) end end;
end;

function alone(v: machine; p: page; f: frame): boolean;
begin
  return forall u: machine do forall q: page do (u = v & q = p) | !in_frame(u, q, f) end end;
end;

function equal(f: frame; g: frame): boolean;
begin
  return isundefined(content[f]) = isundefined(content[g]) & (isundefined(content[f]) | content[f] = content[g]);
end;

procedure forget(v: machine; a: address);
begin
  undefine shadow[v][a];
  undefine shadow_rw[v][a];
end;

procedure withdraw(v: machine; f: frame);
begin
  for a: address do
    if reaches(v, a, f) then forget(v, a); end;
  end;
end;

startstate "start"
begin
  undefine guest;
  undefine guest_rw;
  undefine pmap;
  undefine shadow;
  undefine shadow_rw;
  undefine content;
  undefine memory;
end;

ruleset v: machine do
  ruleset a: address do
    rule "set none" !isundefined(guest[v][a]) ==>
    begin
      undefine guest[v][a];
      undefine guest_rw[v][a];
      forget(v, a);
    end;

    ruleset p: page do
      rule "set read-only" !maps(v, a, p) | !isundefined(guest_rw[v][a]) ==>
      begin
        guest[v][a] := p;
        undefine guest_rw[v][a];
        forget(v, a);
      end;

      rule "set writable" !maps(v, a, p) | isundefined(guest_rw[v][a]) ==>
      begin
        guest[v][a] := p;
        guest_rw[v][a] := 0;
        forget(v, a);
      end;

      rule "fill" maps(v, a, p) & !isundefined(pmap[v][p]) &
        (!reaches(v, a, pmap[v][p]) |
          (!isundefined(guest_rw[v][a]) & alone(v, p, pmap[v][p])) != !isundefined(shadow_rw[v][a])) ==>
      begin
        shadow[v][a] := pmap[v][p];
        if !isundefined(guest_rw[v][a]) & alone(v, p, pmap[v][p]) then
          shadow_rw[v][a] := 0;
        else
          undefine shadow_rw[v][a];
        end;
      end;

      ruleset g: frame do
        rule "copy" maps(v, a, p) & !isundefined(guest_rw[v][a]) & !isundefined(pmap[v][p]) & !alone(v, p, pmap[v][p]) & free(g) ==>
        begin
          withdraw(v, pmap[v][p]);
          if isundefined(content[pmap[v][p]]) then undefine content[g]; else content[g] := content[pmap[v][p]]; end;
          pmap[v][p] := g;
        end;
      end;
    end;

    rule "evict" !isundefined(shadow[v][a]) ==> begin forget(v, a); end;

    rule "load" !isundefined(shadow[v][a]) ==> begin end;

    ruleset w: word do
      rule "store" !isundefined(shadow_rw[v][a]) ==>
      begin
        content[shadow[v][a]] := w;
        if !isundefined(guest[v][a]) then memory[v][guest[v][a]] := w; end;
      end;
    end;

    rule "store clean" !isundefined(shadow_rw[v][a]) ==>
    begin
      undefine content[shadow[v][a]];
      if !isundefined(guest[v][a]) then undefine memory[v][guest[v][a]]; end;
    end;
  end;

  ruleset p: page do
    ruleset f: frame do
      rule "populate" isundefined(pmap[v][p]) & free(f) ==>
      begin
        pmap[v][p] := f;
        undefine content[f];
      end;
    end;

    rule "inflate" !isundefined(pmap[v][p]) ==>
    begin
      withdraw(v, pmap[v][p]);
      undefine pmap[v][p];
      undefine memory[v][p];
    end;

    ruleset u: machine do
      ruleset q: page do
        rule "share" !isundefined(pmap[v][p]) & !isundefined(pmap[u][q]) & pmap[v][p] != pmap[u][q] & equal(pmap[v][p], pmap[u][q]) ==>
        begin
          withdraw(u, pmap[u][q]);
          for x: machine do
            for a: address do
              if reaches(x, a, pmap[v][p]) then undefine shadow_rw[x][a]; end;
            end;
          end;
          pmap[u][q] := pmap[v][p];
        end;
      end;
    end;
  end;
end;

-- The state invariants; Benchmarks/peers leaves out what follows this line where it only counts.

invariant "Derived, Narrowed"
  forall v: machine do forall a: address do
    (isundefined(shadow[v][a]) | !isundefined(guest[v][a])) &
    (isundefined(shadow_rw[v][a]) | (!isundefined(shadow[v][a]) & !isundefined(guest_rw[v][a])))
  end end;

invariant "Composed, Exclusive"
  forall v: machine do forall a: address do
    isundefined(shadow[v][a]) |
      (in_frame(v, guest[v][a], shadow[v][a]) & (isundefined(shadow_rw[v][a]) | alone(v, guest[v][a], shadow[v][a])))
  end end;

invariant "Faithful, Emptied"
  forall v: machine do forall p: page do
    isundefined(memory[v][p]) = (isundefined(pmap[v][p]) | isundefined(content[pmap[v][p]])) &
    (isundefined(memory[v][p]) | memory[v][p] = content[pmap[v][p]])
  end end;
