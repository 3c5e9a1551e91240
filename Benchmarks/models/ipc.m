-- L4 IPC (docs/Systems.md, section 2) in Murphi.
--
-- Benchmarks/peers replaces the numbers below. A thread is always idle, failed, served, waiting, polling or calling, and its form
-- says what else it has: `who` is the partner of those who poll or wait (undefined: an open wait) and the sender delivered to those
-- who are served. `actual` is the spec's ghost, and is kept. `task` never changes and has one start state for each of its values.
-- Scalarsets are plain ranges when Rumur's symmetry reduction is off.

const
  Threads: 3;
  Tasks: 1;
  Starts: 1;  -- Tasks to the power Threads
  idle: 0;
  failed: 1;
  served: 2;
  waiting: 3;
  polling: 4;
  calling: 5;

type
  thread: scalarset(Threads);
  place: scalarset(Tasks);
  word: 1 .. 2;
  timeout: enum { zero, infinite };
  form: idle .. calling;
  mark: 0 .. 0;  -- a flag in one bit: 0 or undefined

var
  is: array [thread] of form;
  who: array [thread] of thread;
  message: array [thread] of word;
  actual: array [thread] of thread;
  before: array [thread] of array [thread] of mark;
  current: thread;
  task: array [thread] of place;

function ready(t: thread): boolean; begin return is[t] <= served; end;

function runs(a: thread): boolean; begin return ready(a) & (isundefined(current) | current = a); end;

function polls(x: thread; b: thread): boolean; begin return is[x] >= polling & who[x] = b; end;

function quiet(a: thread): boolean; begin return forall x: thread do !polls(x, a) end; end;

function takes(b: thread; a: thread): boolean;
begin
  return is[b] = waiting & (isundefined(who[b]) | who[b] = a);
end;

function due(x: thread; b: thread): boolean;
begin
  return polls(x, b) & forall y: thread do isundefined(before[y][x]) | !polls(y, b) end;
end;

procedure set(t: thread; f: form);
begin
  is[t] := f;
  undefine who[t];
  undefine message[t];
  undefine actual[t];
end;

procedure get(b: thread; w: word; v: thread; a: thread);
begin
  is[b] := served;
  who[b] := v;
  message[b] := w;
  actual[b] := a;
end;

procedure await(a: thread; b: thread);
begin
  set(a, waiting);
  who[a] := b;
end;

procedure line_up(a: thread; b: thread; f: form; w: word);
begin
  for y: thread do
    if polls(y, b) then before[y][a] := 0; end;
  end;
  is[a] := f;
  who[a] := b;
  message[a] := w;
  undefine actual[a];
  undefine current;
end;

procedure leave(x: thread);
begin
  for y: thread do
    undefine before[x][y];
    undefine before[y][x];
  end;
end;

procedure hear(a: thread; x: thread);
begin
  get(a, message[x], x, x);
  leave(x);
  if is[x] = calling then await(x, a); else set(x, idle); end;
  current := a;
end;

ruleset start: 0 .. Starts - 1 do
  startstate "start"
  var
    rest: 0 .. Starts - 1;
    number: 0 .. Tasks;
  begin
    rest := start;
    for t: thread do
      set(t, idle);
      for x: thread do undefine before[t][x]; end;
      number := 0;
      for p: place do
        if number = rest % Tasks then task[t] := p; end;
        number := number + 1;
      end;
      rest := rest / Tasks;
    end;
    undefine current;
  end;
end;

rule "preempt" !isundefined(current) ==> begin undefine current; end;

ruleset a: thread do
  rule "receive" runs(a) & quiet(a) ==>
  begin
    set(a, waiting);
    undefine current;
  end;

  ruleset b: thread do
    ruleset w: word do
      ruleset t: timeout do
        rule "send" a != b & runs(a) ==>
        begin
          if takes(b, a) then
            get(b, w, a, a);
            set(a, idle);
            current := a;
          elsif t = zero then
            set(a, failed);
            current := a;
          else
            line_up(a, b, polling, w);
          end;
        end;
      end;

      rule "call" a != b & runs(a) ==>
      begin
        if takes(b, a) then
          get(b, w, a, a);
          await(a, b);
          current := b;
        else
          line_up(a, b, calling, w);
        end;
      end;

      rule "replyWait" a != b & runs(a) & takes(b, a) & quiet(a) ==>
      begin
        get(b, w, a, a);
        set(a, waiting);
        current := b;
      end;

      ruleset x: thread do
        rule "replyAccept" a != b & runs(a) & takes(b, a) & due(x, a) ==>
        begin
          get(b, w, a, a);
          hear(a, x);
        end;

        rule "propagate" x != a & x != b & runs(a) & takes(b, x) & (task[x] = task[a] | task[x] = task[b]) ==>
        begin
          get(b, w, x, a);
          set(a, idle);
          current := a;
        end;
      end;
    end;

    rule "accept" runs(a) & due(b, a) ==> begin hear(a, b); end;

    rule "receiveFrom" a != b & runs(a) ==>
    begin
      if polls(b, a) then
        hear(a, b);
      else
        await(a, b);
        undefine current;
      end;
    end;

    rule "cancel" a != b & runs(a) & task[a] = task[b] & !ready(b) ==>
    begin
      leave(b);
      set(b, failed);
      current := a;
    end;
  end;
end;

-- The state invariants; Benchmarks/peers leaves out what follows this line where it only counts.
-- Ready, Polling, Waiting, Aimed, Signed are the forms themselves, and who has what.

invariant "Formed"
  forall t: thread do
    isundefined(actual[t]) = (is[t] != served) & isundefined(message[t]) = (ready(t) & is[t] != served | is[t] = waiting) &
    (is[t] = waiting | isundefined(who[t]) = (is[t] <= failed)) & (is[t] < waiting | isundefined(who[t]) | who[t] != t)
  end;

invariant "Met"
  forall a: thread do forall b: thread do !(polls(a, b) & takes(b, a)) end end;

invariant "Unforgeable"
  forall b: thread do
    is[b] != served | who[b] = actual[b] | task[who[b]] = task[actual[b]] | task[who[b]] = task[b]
  end;

invariant "Control"
  isundefined(current) | ready(current);

invariant "InLine, Strict, Total"
  forall x: thread do
    forall y: thread do
      (x != y & is[x] >= polling & is[y] >= polling & who[x] = who[y]) =
        ((isundefined(before[x][y]) != isundefined(before[y][x])) | (!isundefined(before[x][y]) & !isundefined(before[y][x])))
    end
  end;

invariant "Transitive"
  forall x: thread do
    forall y: thread do
      isundefined(before[x][y]) |
        (isundefined(before[y][x]) & forall z: thread do isundefined(before[y][z]) | !isundefined(before[x][z]) end)
    end
  end;
