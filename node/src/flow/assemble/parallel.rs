//! The same function over many items, on every core.

use std::num::NonZero;
use std::thread;

/// Maps in order. The calling thread waits; a panic in `f` is passed on.
pub(super) fn map<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let per_thread = items.len().div_ceil(threads).max(1);
    if per_thread == items.len() {
        return items.into_iter().map(f).collect();
    }
    let mut items = items.into_iter();
    let mut parts = Vec::new();
    loop {
        let part: Vec<_> = items.by_ref().take(per_thread).collect();
        if part.is_empty() {
            break;
        }
        parts.push(part);
    }
    let f = &f;
    thread::scope(|scope| {
        let work = |part: Vec<T>| scope.spawn(move || part.into_iter().map(f).collect::<Vec<_>>());
        let workers: Vec<_> = parts.into_iter().map(work).collect();
        workers.into_iter().flat_map(join).collect()
    })
}

fn join<R>(worker: thread::ScopedJoinHandle<'_, Vec<R>>) -> Vec<R> {
    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    #[test]
    fn order_is_kept() {
        for n in [0, 1, 2, 3, 100] {
            let doubled = super::map((0..n).collect(), |i| i * 2);
            assert_eq!(doubled, (0..n).map(|i| i * 2).collect::<Vec<_>>());
        }
    }
}
