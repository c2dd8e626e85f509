/* The hand-over between the reactor and the workers: the state word of a connection
 * (src/connection/state.h), the run queue, wake-ups and pause (src/worker_pool.h), and the ready
 * list (src/connection/ready_list.h), between callers and a kernel with edge-triggered events. Names are those
 * of the source. What the source does under a lock is one atomic step here; an atomic operation of
 * the state word, too.
 *
 * scripts/model has spin visit every state: nobody acts on a connection that another owns or that
 * has been closed, and whenever nothing moves any more, every caller has had every byte.
 *
 * MAY_BLOCK=1: a pool whose services may block. Each call of the service then waits for the other
 * caller's, so that all stops if a worker sleeps while a job waits.
 * MUTANT: a mistake to be found; 0 is none. They are named in scripts/model. */

#ifndef MUTANT
#define MUTANT 0
#endif
#ifndef MAY_BLOCK
#define MAY_BLOCK 0
#endif

#ifndef CONNECTIONS
#define CONNECTIONS 2
#endif
#ifndef MESSAGES
#define MESSAGES 1
#endif
#define WORKERS 2

/* The state word of each connection. */
bool scheduled[CONNECTIONS], readable[CONNECTIONS], writable[CONNECTIONS];
bool peer_closed[CONNECTIONS];

/* The rest of each, which is its owner's. */
byte unsent[CONNECTIONS];
bool service_is_next[CONNECTIONS];
bool closed[CONNECTIONS];

/* The kernel, for each: what has come, whether there is room for a byte of the reply, whether
 * somebody found none, and what epoll has to report. */
byte received[CONNECTIONS];
bool end_received[CONNECTIONS];
bool taken[CONNECTIONS];
bool no_space[CONNECTIONS];
bool in_edge[CONNECTIONS], out_edge[CONNECTIONS];
byte delivered[CONNECTIONS];

/* The pool. */
chan queue = [CONNECTIONS] of { byte };
chan batch = [CONNECTIONS] of { byte };
bool sleeps[WORKERS];
byte wake_up[WORKERS];
byte awake = WORKERS;
byte busy;
bool short_jobs = !MAY_BLOCK;
bool reactor_pauses;
byte pause_over;
bool entered[CONNECTIONS]; /* the service */

/* The ready list. */
chan ready = [CONNECTIONS] of { byte };
bool reactor_asleep;
bool eventfd;

#define NOBODY WORKERS

/* One more is woken for short jobs whenever the work is enough for it, and always if nobody is
 * awake; for long ones if those that have no job are too few. */
inline TakeSleeperIfWanted(wanted) {
  wanted = NOBODY;
  if
  :: len(queue) > 0 &&
     ((short_jobs && awake == 0) || (!short_jobs && len(queue) > awake - busy)) ->
    TakeSleeper(wanted)
  :: len(queue) > 0 && short_jobs && awake > 0 ->
    if
    :: TakeSleeper(wanted)
    :: skip
    fi
  :: else -> skip
  fi
}

inline TakeSleeper(wanted) {
  if
  :: sleeps[0] -> wanted = 0; sleeps[0] = false; awake++
  :: !sleeps[0] && sleeps[1] -> wanted = 1; sleeps[1] = false; awake++
  :: else -> skip
  fi
}

inline Wake(wanted) {
  if
  :: wanted != NOBODY -> wake_up[wanted]++
  :: else -> skip
  fi
}

proctype Caller(byte c) {
  byte said = 0, heard = 0;
  do
  :: atomic { said < MESSAGES -> said++; received[c]++; in_edge[c] = true }
  :: atomic { said == MESSAGES && !end_received[c] -> end_received[c] = true; in_edge[c] = true }
  :: atomic {
      taken[c] -> taken[c] = false; heard++;
      if
      :: no_space[c] -> no_space[c] = false; out_edge[c] = true
      :: else -> skip
      fi
    }
  :: atomic { closed[c] && !taken[c] -> break }
  od;
  assert(heard == MESSAGES)
}

/* The reactor owns the connection. */
inline Dispatch(c) { scheduled[c] = true; batch ! c }

inline Turn(c) {
  assert(!scheduled[c]);
  if
  :: closed[c] -> skip
  :: !closed[c] && unsent[c] > 0 ->
    if
    :: writable[c] -> Dispatch(c)
    :: else -> skip
    fi
  :: !closed[c] && unsent[c] == 0 && (readable[c] || peer_closed[c]) ->
    if
    :: atomic { received[c] > 0 -> unsent[c] = received[c]; received[c] = 0 };
      service_is_next[c] = true;
      if
      :: !peer_closed[c] -> readable[c] = false
      :: else -> skip
      fi;
      Dispatch(c)
    :: atomic { received[c] == 0 && end_received[c] -> closed[c] = true };
      assert(delivered[c] == MESSAGES)
    :: atomic { received[c] == 0 && !end_received[c] -> readable[c] = false }
    fi
  :: else -> skip
  fi
}

inline HandleEvent(c) {
  atomic {
    in = in_edge[c]; out = (in_edge[c] || out_edge[c]) && !taken[c];
    end = in && end_received[c];
    in_edge[c] = false; out_edge[c] = false
  };
  if
  :: (in || out) && !closed[c] ->
    atomic { /* Note */
      owned = !scheduled[c];
#if MUTANT == 2
      if
      :: owned ->
#endif
      readable[c] = readable[c] || in;
      writable[c] = writable[c] || out;
      peer_closed[c] = peer_closed[c] || end;
#if MUTANT == 2
      :: else -> skip
      fi
#endif
    };
    if
    :: owned -> Turn(c)
    :: else -> skip
    fi
  :: else -> skip
  fi;
  d_step { in = false; out = false; end = false; owned = false }
}

proctype Reactor() {
  byte c, wanted;
  bool in, out, end, owned, paused, worth_a_pause, waits;
  do
  ::
    /* PauseWhileBusy. It lasts too long only while somebody works. */
    paused = false;
    if
    :: worth_a_pause ->
      worth_a_pause = false;
      atomic {
        waits = short_jobs && len(queue) > 0;
        paused = short_jobs;
        reactor_pauses = waits
      };
      if
      :: waits ->
        if
        :: atomic { pause_over > 0 -> pause_over-- }
        :: busy > 0 ->
          wanted = NOBODY;
          atomic {
            waits = !reactor_pauses;
            reactor_pauses = false;
            if
            :: !waits -> short_jobs = false; TakeSleeperIfWanted(wanted)
            :: else -> skip
            fi
          };
          Wake(wanted);
#if MUTANT != 9
          if
          :: waits -> atomic { pause_over > 0 -> pause_over-- }
          :: else -> skip
          fi
#endif
        fi
      :: else -> skip
      fi
    :: else -> skip
    fi;
    d_step { assert(pause_over == 0); waits = false; wanted = NOBODY };

    if
    :: !paused ->
#if MUTANT == 10
      atomic { reactor_asleep = true };
#else
      atomic { reactor_asleep = len(ready) == 0 };
#endif
      if
      :: reactor_asleep ->
end_epoll_wait:
        (eventfd || in_edge[0] || out_edge[0] || in_edge[CONNECTIONS - 1] ||
         out_edge[CONNECTIONS - 1])
      :: else -> skip
      fi
    :: else -> skip
    fi;

    HandleEvent(0);
    HandleEvent(CONNECTIONS - 1);
    eventfd = false;

    /* HandleGivenBack. The source takes the list as a whole. */
    reactor_asleep = false;
    do
    :: atomic { ready ? c -> reactor_asleep = false }
#if MUTANT != 1
      assert(!closed[c]);
#endif
      scheduled[c] = false;
      Turn(c)
    :: atomic { len(ready) == 0 -> break }
    od;

    /* Publish */
    wanted = NOBODY;
    if
    :: len(batch) > 0 ->
      atomic {
        do
        :: batch ? c -> queue ! c
        :: len(batch) == 0 -> break
        od;
        TakeSleeperIfWanted(wanted);
        worth_a_pause = short_jobs && (len(queue) > 1 || wanted == NOBODY);
        c = 0
      };
      Wake(wanted)
    :: else -> skip
    fi
  od
}

/* Lets the service answer, sends, and hands the connection back. */
inline Serve(c) {
  assert(scheduled[c] && !closed[c]);
  if
  :: service_is_next[c] ->
    service_is_next[c] = false;
    entered[c] = true;
#if MAY_BLOCK
    (entered[0] && entered[CONNECTIONS - 1])
#endif
  :: else -> skip
  fi;
  forgot = false;
  done = false;
  do
  :: unsent[c] > 0 ->
    if
    :: atomic { !taken[c] -> taken[c] = true; unsent[c]--; delivered[c]++ }
    :: atomic { taken[c] -> no_space[c] = true };
      if
      :: forgot -> break
      :: else -> skip
      fi
    fi;
    if
    :: unsent[c] > 0 && !forgot ->
      forgot = true;
      writable[c] = false;
#if MUTANT == 5
      if
      :: no_space[c] || taken[c] -> break
      :: else -> skip
      fi
#endif
    :: else -> skip
    fi
  :: unsent[c] == 0 -> done = true; break
  od;
#if MUTANT == 1
  atomic { done = done && !readable[c] && !peer_closed[c]; scheduled[c] = false };
#elif MUTANT == 3
  done = done && !readable[c] && !peer_closed[c];
  if
  :: done -> scheduled[c] = false
  :: else -> skip
  fi;
#else
  atomic { /* HandBack */
    if
    :: done && !readable[c] && !peer_closed[c] -> scheduled[c] = false
    :: else -> done = false
    fi
  };
#endif
  if
  :: !done ->
    atomic {
      ready ! c;
      asleep = reactor_asleep;
      reactor_asleep = false
    };
    if
    :: asleep -> eventfd = true
    :: else -> skip
    fi
  :: else -> skip
  fi;
  d_step { forgot = false; done = false; asleep = false }
}

proctype Worker(byte me) {
  byte c, wanted;
  bool has_job, forgot, done, asleep, post;
  do
  ::
    /* AwaitJob */
    wanted = NOBODY;
#if MUTANT == 8
    has_job = len(queue) > 0;
#endif
    atomic {
#if MUTANT != 8
      has_job = len(queue) > 0;
#endif
      if
      :: has_job && len(queue) > 0 ->
#if MUTANT == 7
        queue ? c;
        TakeSleeperIfWanted(wanted);
        busy++
#else
        busy++;
        queue ? c;
        TakeSleeperIfWanted(wanted)
#endif
      :: else -> has_job = false; sleeps[me] = true; awake--
      fi
    };
    Wake(wanted);
    if
    :: !has_job ->
end_asleep:
      atomic { wake_up[me] > 0 -> wake_up[me]-- }
    :: else ->
      do
      :: has_job ->
        Serve(c);
        wanted = NOBODY;
        atomic { /* TakeJob: perhaps it has been long enough to look at the clock */
          has_job = false;
          if
          :: short_jobs && len(queue) > 0 ->
            has_job = true; queue ? c; TakeSleeperIfWanted(wanted)
          :: true -> skip
          fi
        };
        Wake(wanted)
      :: else -> break
      od;
      atomic { /* FinishJobs: they took long, or not */
        if
        :: !MAY_BLOCK -> short_jobs = true
        :: short_jobs = false
        fi;
#if MUTANT == 6
        post = reactor_pauses && busy == 0 && len(queue) == 0;
        busy--;
#else
        busy--;
        post = reactor_pauses && (!short_jobs || (busy == 0 && len(queue) == 0));
#endif
        if
        :: post -> reactor_pauses = false
        :: else -> skip
        fi
      };
      if
      :: post -> pause_over++
      :: else -> skip
      fi;
      d_step { post = false; c = 0; wanted = NOBODY }
    fi
  od
}

init {
  byte i;
  atomic {
    for (i : 0 .. CONNECTIONS - 1) {
      writable[i] = true;
      run Caller(i)
    }
    run Reactor();
    for (i : 0 .. WORKERS - 1) { run Worker(i) }
  }
}
