-- L4 recursive address spaces (docs/Systems.md, section 1) in Murphi, written for symmetry reduction.
--
-- Benchmarks/peers replaces the numbers below. The group must be kspec's: pages, frames, and all spaces but sigma0 are exchangeable,
-- and `boot` is permuted with the state. So sigma0's slots are a variable of their own, `boot`, because that is what they always
-- hold, with write and without a parent; and there is a start state for each value of it, one for each orbit being a matter of the
-- reduction. mapping.m has one array for all slots, which is faster but fixes everything.

const
  Users: 2;  -- spaces but sigma0
  Pages: 2;
  Frames: 2;
  Starts: 4;  -- Frames to the power Pages
  read: 0;
  write: 1;

type
  user: scalarset(Users);
  page: scalarset(Pages);
  frame: scalarset(Frames);
  access: read .. write;

var
  boot: array [page] of frame;
  holds: array [user] of array [page] of frame;
  right: array [user] of array [page] of access;
  up_page: array [user] of array [page] of page;  -- the parent's page; undefined: no parent
  up_user: array [user] of array [page] of user;  -- and its space; undefined: sigma0

function present(x: user; p: page): boolean; begin return !isundefined(holds[x][p]); end;

-- Is (x, p) a proper descendant of (y, q)?
function below(x: user; p: page; y: user; q: page): boolean;
var u: user; v: user; r: page;
begin
  u := x;
  r := p;
  while !isundefined(up_page[u][r]) & !isundefined(up_user[u][r]) do
    v := up_user[u][r];
    r := up_page[u][r];
    u := v;
    if u = y & r = q then return true; end;
  end;
  return false;
end;

-- And of sigma0's page q?
function below_sigma0(x: user; p: page; q: page): boolean;
var u: user; v: user; r: page;
begin
  u := x;
  r := p;
  while !isundefined(up_page[u][r]) & !isundefined(up_user[u][r]) do
    v := up_user[u][r];
    r := up_page[u][r];
    u := v;
  end;
  return !isundefined(up_page[u][r]) & up_page[u][r] = q;
end;

procedure empty(x: user; p: page);
begin
  undefine holds[x][p];
  undefine right[x][p];
  undefine up_page[x][p];
  undefine up_user[x][p];
end;

-- What has lost its frame, while the tree was still needed, loses the rest.
procedure sweep();
begin
  for x: user do
    for p: page do
      if !present(x, p) & !isundefined(up_page[x][p]) then empty(x, p); end;
    end;
  end;
end;

procedure empty_below(y: user; q: page);
begin
  for x: user do
    for p: page do
      if present(x, p) & below(x, p, y, q) then undefine holds[x][p]; end;
    end;
  end;
  sweep();
end;

ruleset start: 0 .. Starts - 1 do
  startstate "start"
  var
    rest: 0 .. Starts - 1;
    number: 0 .. Frames;
  begin
    undefine holds;
    undefine right;
    undefine up_page;
    undefine up_user;
    rest := start;
    for p: page do
      number := 0;
      for f: frame do
        if number = rest % Frames then boot[p] := f; end;
        number := number + 1;
      end;
      rest := rest / Frames;
    end;
  end;
end;

ruleset q: page do
  ruleset x: user do
    ruleset p: page do
      ruleset r: access do
        rule "map of sigma0" !present(x, p) ==>
        begin
          holds[x][p] := boot[q];
          right[x][p] := r;
          up_page[x][p] := q;
        end;
      end;
    end;
  end;

  rule "unmap of sigma0" true ==>
  begin
    for x: user do
      for p: page do
        if present(x, p) & below_sigma0(x, p, q) then undefine holds[x][p]; end;
      end;
    end;
    sweep();
  end;

  rule "downgrade of sigma0" true ==>
  begin
    for x: user do
      for p: page do
        if present(x, p) & right[x][p] = write & below_sigma0(x, p, q) then right[x][p] := read; end;
      end;
    end;
  end;
end;

ruleset y: user do
  ruleset q: page do
    ruleset x: user do
      ruleset p: page do
        ruleset r: access do
          rule "map" x != y & present(y, q) & !present(x, p) & r <= right[y][q] ==>
          begin
            holds[x][p] := holds[y][q];
            right[x][p] := r;
            up_page[x][p] := q;
            up_user[x][p] := y;
          end;
        end;

        rule "grant" x != y & present(y, q) & !present(x, p) ==>
        begin
          holds[x][p] := holds[y][q];
          right[x][p] := right[y][q];
          for u: user do
            for s: page do
              if !isundefined(up_user[u][s]) & up_user[u][s] = y & up_page[u][s] = q then
                up_user[u][s] := x;
                up_page[u][s] := p;
              end;
            end;
          end;
          up_page[x][p] := up_page[y][q];
          if isundefined(up_user[y][q]) then undefine up_user[x][p]; else up_user[x][p] := up_user[y][q]; end;
          empty(y, q);
        end;
      end;
    end;

    rule "unmap" present(y, q) ==> begin empty_below(y, q); end;

    rule "flush" present(y, q) ==>
    begin
      empty_below(y, q);
      empty(y, q);
    end;

    rule "downgrade" present(y, q) ==>
    begin
      for x: user do
        for p: page do
          if present(x, p) & right[x][p] = write & below(x, p, y, q) then right[x][p] := read; end;
        end;
      end;
    end;
  end;
end;

-- The state invariants; Benchmarks/peers leaves out what follows this line where it only counts.
-- Judged along each parent link, which implies them along chains of links. Kept and Top hold by construction.

invariant "Vacated, Rooted"
  forall x: user do forall p: page do
    isundefined(holds[x][p]) = isundefined(right[x][p]) & isundefined(holds[x][p]) = isundefined(up_page[x][p])
  end end;

invariant "Backed, Narrowed"
  forall x: user do forall p: page do
    !present(x, p) |
      (isundefined(up_user[x][p])
        ? holds[x][p] = boot[up_page[x][p]]
        : present(up_user[x][p], up_page[x][p]) & holds[x][p] = holds[up_user[x][p]][up_page[x][p]] &
          right[x][p] <= right[up_user[x][p]][up_page[x][p]])
  end end;
