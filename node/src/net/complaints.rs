//! What the log says of peers that misbehave: who and why on one line at once, and after that how
//! often, now and then. Ten thousand times the same fault are two lines.

use crate::limits::{COMPLAINTS_EVERY, COMPLAINTS_MAX, COMPLAINTS_PER_REASON_MAX};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// Faults by who and why, counted since they were last told. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Complaints(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    counted: HashMap<(String, &'static str), Counted>,
    /// Faults that found no place in the table.
    others: u64,
    told: Option<Instant>,
}

#[derive(Debug)]
struct Counted {
    since: u64,
}

impl Complaints {
    /// Tells a fault if it is new, and counts it if not.
    pub(crate) fn tell(&self, who: &str, why: &'static str, detail: &str, now: Instant) {
        if self.is_new(who, why, now) {
            tracing::warn!("{who}: {why}{}{detail}", if detail.is_empty() { "" } else { ": " });
        }
    }

    fn is_new(&self, who: &str, why: &'static str, now: Instant) -> bool {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.told.get_or_insert(now);
        if let Some(counted) = table.counted.get_mut(&(who.to_owned(), why)) {
            counted.since += 1;
            return false;
        }
        if table.counted.len() >= COMPLAINTS_MAX {
            table.others += 1;
            return false;
        }
        // A thousand keys of one person are a few lines, and a number.
        let told = table.counted.keys().filter(|(_, known)| *known == why).count();
        let tell = told < COMPLAINTS_PER_REASON_MAX;
        let counted = Counted { since: u64::from(!tell) };
        table.counted.insert((who.to_owned(), why), counted);
        tell
    }

    /// Sums up what was counted, when it is time to.
    pub(crate) fn sum_up(&self, now: Instant) {
        for line in self.summary(now) {
            tracing::warn!("{line}");
        }
    }

    fn summary(&self, now: Instant) -> Vec<String> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(told) = table.told else { return Vec::new() };
        let passed = now.saturating_duration_since(told);
        if passed < COMPLAINTS_EVERY {
            return Vec::new();
        }
        let secs = passed.as_secs();
        let mut lines = by_reason(&table.counted, secs);
        if table.others > 0 {
            lines.push(format!("other peers: {} faults more in {secs} s", table.others));
        }
        // Whoever went on is remembered, so that it is not told as new; the others are forgotten.
        table.counted.retain(|_, counted| std::mem::take(&mut counted.since) > 0);
        table.others = 0;
        table.told = (!table.counted.is_empty()).then_some(now);
        lines
    }
}

/// One line for each reason: a thousand keys of one person are one line too.
fn by_reason(counted: &HashMap<(String, &'static str), Counted>, secs: u64) -> Vec<String> {
    let mut reasons: HashMap<&'static str, (u64, usize, &str)> = HashMap::new();
    for ((who, why), counted) in counted.iter().filter(|(_, counted)| counted.since > 0) {
        let line = reasons.entry(why).or_insert((0, 0, who));
        line.0 += counted.since;
        line.1 += 1;
    }
    let line = |(why, (times, peers, who)): (&'static str, (u64, usize, &str))| match peers {
        1 => format!("{who}: {why}: {times} times more in {secs} s"),
        peers => format!("{who} and {} others: {why}: {times} times more in {secs} s", peers - 1),
    };
    let mut lines: Vec<String> = reasons.into_iter().map(line).collect();
    lines.sort();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_once_and_then_counted() {
        let (complaints, start) = (Complaints::default(), Instant::now());
        assert!(complaints.is_new("eve", "junk", start));
        for _ in 0..1234 {
            assert!(!complaints.is_new("eve", "junk", start), "ten thousand are not as many lines");
        }
        assert!(complaints.is_new("mallory", "junk", start), "somebody else is news");
        assert!(complaints.summary(start).is_empty(), "not yet");
        let later = start + COMPLAINTS_EVERY;
        let secs = COMPLAINTS_EVERY.as_secs();
        let expected = vec![format!("eve: junk: 1234 times more in {secs} s")];
        assert_eq!(complaints.summary(later), expected);
        assert!(!complaints.is_new("eve", "junk", later), "eve goes on: no news");
        assert!(complaints.is_new("mallory", "junk", later), "mallory had stopped");
    }

    #[test]
    fn the_table_is_bounded() {
        let (complaints, start) = (Complaints::default(), Instant::now());
        let told = (0..(3 * COMPLAINTS_MAX))
            .filter(|number| complaints.is_new(&number.to_string(), "junk", start))
            .count();
        assert_eq!(told, COMPLAINTS_PER_REASON_MAX, "many keys are not many lines");
        let lines = complaints.summary(start + COMPLAINTS_EVERY);
        assert_eq!(lines.len(), 2, "a line for the reason, a line for the others: {lines:?}");
        assert!(lines[1].contains(&(2 * COMPLAINTS_MAX).to_string()), "{lines:?}");
    }
}
