//! Time as it is given: milliseconds and days since 1970-01-01T00:00:00Z. Nothing here reads a
//! clock; every function that needs the time takes it.

use crate::cbor::{Decode, Encode, Error, Reader, Reason, Writer};
use crate::limits::TIME_MS_MAX;
use std::fmt;

const MS_PER_DAY: u64 = 86_400_000;

/// A moment: milliseconds since the Unix epoch, UTC, at most [`TIME_MS_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Time(u64);

impl Time {
    /// A moment, or `None` beyond [`TIME_MS_MAX`].
    pub fn from_ms(ms: u64) -> Option<Self> {
        (ms <= TIME_MS_MAX).then_some(Self(ms))
    }

    /// Milliseconds since the epoch.
    pub fn ms(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch.
    pub fn secs(self) -> u64 {
        self.0 / 1000
    }

    /// The UTC day that holds this moment.
    pub fn day(self) -> Day {
        // TIME_MS_MAX / MS_PER_DAY fits in 32 bits (asserted in `limits`).
        Day((self.0 / MS_PER_DAY) as u32)
    }

    /// This moment and `secs` seconds, saturating at [`TIME_MS_MAX`].
    #[must_use]
    pub fn plus_secs(self, secs: u64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(1000)).min(TIME_MS_MAX))
    }

    /// Seconds from `earlier` to this moment; zero if it lies after.
    pub fn secs_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0) / 1000
    }
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_day = self.0 % MS_PER_DAY / 1000;
        write!(f, "{}T{:02}:{:02}:{:02}Z", self.day(), in_day / 3600, in_day / 60 % 60, in_day % 60)
    }
}

impl Encode for Time {
    fn encode(&self, w: &mut Writer) {
        w.uint(self.0);
    }
}

impl Decode for Time {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        let at = r.at();
        Self::from_ms(r.uint()?).ok_or(Error { reason: Reason::OutOfRange, at, path: Vec::new() })
    }
}

impl<'de> serde::Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::from_ms(u64::deserialize(d)?)
            .ok_or_else(|| serde::de::Error::custom("a time beyond the year 9999"))
    }
}

/// A UTC day: days since the Unix epoch. A due day ends at 24:00 UTC.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Day(pub u32);

impl Day {
    /// The first moment after this day: from here on something due on it is due.
    pub fn end(self) -> Time {
        Time((u64::from(self.0) + 1).saturating_mul(MS_PER_DAY).min(TIME_MS_MAX))
    }

    /// Year, month, day of the proleptic Gregorian calendar.
    pub fn civil(self) -> (i64, u32, u32) {
        // Days to civil date, era by era of 400 years (the method of Howard Hinnant's date notes).
        let z = i64::from(self.0) + 719_468;
        let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
        let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as u32;
        (yoe + era * 400 + i64::from(month <= 2), month, day)
    }
}

impl fmt::Display for Day {
    /// `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl std::str::FromStr for Day {
    type Err = &'static str;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected a date as YYYY-MM-DD from 1970 on";
        // In 32 bits, so that nothing below can overflow.
        let mut parts = text.splitn(3, '-').map(str::parse::<u32>);
        let mut next = || parts.next().and_then(Result::ok).map(i64::from).ok_or(EXPECTED);
        let (year, month, day) = (next()?, next()?, next()?);
        let y = if month <= 2 { year - 1 } else { year };
        let (era, yoe) = (y.div_euclid(400), y.rem_euclid(400));
        let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
        let days = era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468;
        // Reading back catches months and days that do not exist.
        let parsed = u32::try_from(days).map(Self).map_err(|_| EXPECTED)?;
        if parsed.to_string() == text { Ok(parsed) } else { Err(EXPECTED) }
    }
}

impl Encode for Day {
    fn encode(&self, w: &mut Writer) {
        w.uint(u64::from(self.0));
    }
}

impl Decode for Day {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.value().map(Self)
    }
}

/// For `serialize_with`, in results that programs read beside people: a moment as RFC 3339 text, a
/// day as a date. (Formats that are hashed or specified keep their numbers.)
///
/// # Errors
/// Those of the serializer.
pub fn as_text<T: fmt::Display, S: serde::Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// [`as_text`], for what may be absent.
///
/// # Errors
/// Those of the serializer.
pub fn as_text_if_any<T: fmt::Display, S: serde::Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_and_write_as_dates() {
        for (day, text) in [(0, "1970-01-01"), (11_016, "2000-02-29"), (20_779, "2026-11-22")] {
            assert_eq!(Day(day).to_string(), text);
            assert_eq!(text.parse(), Ok(Day(day)));
        }
        for bad in
            ["2026-13-01", "2025-02-29", "1969-12-31", "2026-1-1", "tomorrow", "99999999999-01-01"]
        {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
        let huge = "0-3333333333333333-1".parse::<Day>();
        assert!(huge.is_err(), "a month beyond all bounds; found by fuzzing");
    }

    #[test]
    fn a_day_ends_at_midnight() {
        let last = Time::from_ms(20_780 * MS_PER_DAY - 1).unwrap();
        assert_eq!(last.day(), Day(20_779));
        assert_eq!(last.to_string(), "2026-11-22T23:59:59Z");
        assert_eq!(Day(20_779).end().day(), Day(20_780));
    }
}
