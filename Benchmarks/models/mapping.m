-- L4 recursive address spaces (docs/Systems.md, section 1) in Murphi.
--
-- Benchmarks/peers replaces the four numbers below. A slot is space * Pages + page; space 0 is sigma0.
-- "No frame", "nothing" and "no parent" are Murphi's undefined value, so they cost no value of their own. `boot` is no
-- variable: it is what the slots of sigma0 hold, in one start state for each of its values, so that the distinct states
-- are exactly the pairs (boot, state).

const
  Spaces: 3;
  Pages: 2;
  Frames: 2;
  Starts: 4;  -- Frames to the power Pages

type
  slot: 0 .. Spaces * Pages - 1;
  frame: 0 .. Frames - 1;
  access: enum { read, write };

var
  holds: array [slot] of frame;
  right: array [slot] of access;
  parent: array [slot] of slot;

function present(s: slot): boolean; begin return !isundefined(holds[s]); end;

function sigma0(s: slot): boolean; begin return s < Pages; end;

-- Is s a proper descendant of a?
function below(s: slot; a: slot): boolean;
var x: slot;
begin
  x := s;
  while !isundefined(parent[x]) do
    x := parent[x];
    if x = a then return true; end;
  end;
  return false;
end;

procedure empty(s: slot);
begin
  undefine holds[s];
  undefine right[s];
  undefine parent[s];
end;

-- The first loop leaves the tree as it was, so that `below` goes on reading it; a slot without a frame has no parent.
procedure empty_below(a: slot);
begin
  for s: Pages .. Spaces * Pages - 1 do
    if present(s) & below(s, a) then undefine holds[s]; end;
  end;
  for s: Pages .. Spaces * Pages - 1 do
    if !present(s) & !isundefined(parent[s]) then empty(s); end;
  end;
end;

ruleset boot: 0 .. Starts - 1 do
  startstate "boot"
  var rest: 0 .. Starts - 1;
  begin
    undefine holds;
    undefine right;
    undefine parent;
    rest := boot;
    for p: 0 .. Pages - 1 do
      holds[p] := rest % Frames;
      right[p] := write;
      rest := rest / Frames;
    end;
  end;
end;

ruleset a: slot do
  ruleset b: slot do
    ruleset r: access do
      rule "map" present(a) & !present(b) & a / Pages != b / Pages & (r = read | right[a] = write) ==>
      begin
        holds[b] := holds[a];
        right[b] := r;
        parent[b] := a;
      end;
    end;

    rule "grant" present(a) & !present(b) & !sigma0(a) & a / Pages != b / Pages ==>
    begin
      holds[b] := holds[a];
      right[b] := right[a];
      for s: Pages .. Spaces * Pages - 1 do
        if present(s) & !isundefined(parent[s]) & parent[s] = a then parent[s] := b; end;
      end;
      if !isundefined(parent[a]) then parent[b] := parent[a]; end;
      empty(a);
    end;
  end;

  rule "unmap" present(a) ==>
  begin
    empty_below(a);
  end;

  rule "flush" present(a) & !sigma0(a) ==>
  begin
    empty_below(a);
    empty(a);
  end;

  rule "downgrade" present(a) ==>
  begin
    for s: Pages .. Spaces * Pages - 1 do
      if present(s) & right[s] = write & below(s, a) then right[s] := read; end;
    end;
  end;
end;

-- The state invariants; Benchmarks/peers leaves out what follows this line where it only counts.
-- Judged along each parent link, which implies them along chains of links.

invariant "Kept, Top"
  forall s: 0 .. Pages - 1 do present(s) & right[s] = write & isundefined(parent[s]) end;

invariant "Vacated"
  forall s: slot do isundefined(holds[s]) = isundefined(right[s]) end;

invariant "Rooted"
  forall s: Pages .. Spaces * Pages - 1 do present(s) = !isundefined(parent[s]) end;

invariant "Backed, Narrowed"
  forall s: Pages .. Spaces * Pages - 1 do
    !present(s) | (present(parent[s]) & holds[s] = holds[parent[s]] & (right[s] = read | right[parent[s]] = write))
  end;
