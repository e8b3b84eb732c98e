//! Work on every core, its results in order.

use std::collections::VecDeque;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Jobs under way or waiting for each core, so that none is idle while results are taken.
const AHEAD_PER_CORE: usize = 3;

type Job<'env> = Box<dyn FnOnce() + Send + 'env>;

/// Threads that live while [`with_workers`] runs.
#[derive(Debug)]
pub(super) struct Workers<'env> {
    jobs: Sender<Job<'env>>,
    ahead: usize,
}

/// What a job will give.
#[derive(Debug)]
pub(super) struct Ticket<R>(Receiver<thread::Result<R>>);

impl<R> Ticket<R> {
    /// Waits for the job. Its panic is passed on.
    pub(super) fn wait(self) -> R {
        match self.0.recv() {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => unreachable!("a job that was taken answers, if only with its panic"),
        }
    }
}

/// Runs `body` beside one thread a core; jobs may borrow what outlives the call.
pub(super) fn with_workers<'env, R>(body: impl FnOnce(&Workers<'env>) -> R) -> R {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let (jobs, queue) = mpsc::channel::<Job<'env>>();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(job) = next(&queue) {
                    job()
                }
            });
        }
        // Dropped at the end, even of a panic, which ends the threads.
        let workers = Workers { jobs, ahead: threads * AHEAD_PER_CORE };
        body(&workers)
    })
}

fn next<'env>(queue: &Mutex<Receiver<Job<'env>>>) -> Option<Job<'env>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

impl<'env> Workers<'env> {
    /// How many jobs to keep under way.
    pub(super) fn ahead(&self) -> usize {
        self.ahead
    }

    /// Hands a job to the next free thread.
    pub(super) fn run<R: Send + 'env>(&self, job: impl FnOnce() -> R + Send + 'env) -> Ticket<R> {
        let (answer, ticket) = mpsc::channel();
        let job = move || {
            // Nobody may be waiting any more.
            let _ = answer.send(catch_unwind(AssertUnwindSafe(job)));
        };
        // The threads end after this, so somebody takes it.
        let _ = self.jobs.send(Box::new(job));
        Ticket(ticket)
    }

    /// Works on what `next` gives until it gives nothing, and hands the results to `each`, in
    /// order; a bounded number is under way at any time.
    pub(super) fn in_order<T, R, E>(
        &self,
        mut next: impl FnMut() -> Result<Option<T>, E>,
        work: impl Fn(T) -> R + Send + Copy + 'env,
        mut each: impl FnMut(R) -> Result<(), E>,
    ) -> Result<(), E>
    where
        T: Send + 'env,
        R: Send + 'env,
    {
        let mut under_way = VecDeque::new();
        let mut ended = false;
        loop {
            while !ended && under_way.len() < self.ahead {
                match next()? {
                    Some(item) => under_way.push_back(self.run(move || work(item))),
                    None => ended = true,
                }
            }
            match under_way.pop_front() {
                Some(ticket) => each(ticket.wait())?,
                None => return Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn doubled(n: u64) -> Vec<u64> {
        let mut numbers = 0..n;
        let mut found = Vec::new();
        let each = |number| {
            found.push(number);
            Ok::<_, Infallible>(())
        };
        let Ok(()) = with_workers(|workers| {
            workers.in_order(|| Ok(numbers.next()), |number| number * 2, each)
        });
        found
    }

    #[test]
    fn order_is_kept() {
        for n in [0, 1, 2, 3, 1000] {
            assert_eq!(doubled(n), (0..n).map(|number| number * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_ends_the_work() {
        let mut taken = 0;
        let each = |_| {
            taken += 1;
            if taken == 3 { Err("enough") } else { Ok(()) }
        };
        let ended = with_workers(|workers| workers.in_order(|| Ok(Some(1)), |n: u64| n, each));
        assert_eq!((ended, taken), (Err("enough"), 3));
    }

    #[test]
    #[should_panic(expected = "a broken job")]
    fn a_panic_reaches_the_caller() {
        with_workers(|workers| workers.run(|| assert!(taken(), "a broken job")).wait());
    }

    fn taken() -> bool {
        false
    }
}
