//! Times as tools write them: seconds or milliseconds since 1970, RFC 3339 with any offset, either
//! of them as text, and MongoDB's extended JSON (`{"$date": {"$numberLong": "…"}}`).

use crate::import::json::Value;
use sheaf_protocol::time::{Day, Time};

/// From here on a number counts milliseconds: as seconds it would lie in the year 5138, as
/// milliseconds it lies in 1973.
const MS_FROM: f64 = 1e11;

/// The moment that `value` names, if it names one between 1970 and 9999.
pub(super) fn read(value: &Value) -> Option<Time> {
    match value {
        Value::Number(number) => from_number(number.as_f64()?),
        Value::String(text) => from_text(text.trim()),
        Value::Object(fields) => from_mongo(fields.get("$date").unwrap_or(value)),
        _ => None,
    }
}

fn from_number(number: f64) -> Option<Time> {
    from_ms(if number < MS_FROM { number * 1000.0 } else { number })
}

fn from_ms(ms: f64) -> Option<Time> {
    let ms = ms.round();
    // The cast saturates; NaN and negative times are refused before it.
    (ms >= 0.0).then_some(ms as u64).and_then(Time::from_ms)
}

fn from_text(text: &str) -> Option<Time> {
    rfc3339(text).or_else(|| text.parse().ok().and_then(from_number))
}

/// What stands under `$date`: text, or milliseconds, bare or as `$numberLong`.
fn from_mongo(date: &Value) -> Option<Time> {
    match date.get("$numberLong").unwrap_or(date) {
        Value::String(text) => {
            rfc3339(text).or_else(|| text.parse::<u64>().ok().and_then(Time::from_ms))
        }
        Value::Number(ms) => ms.as_f64().and_then(from_ms),
        _ => None,
    }
}

/// `2025-06-21T19:28:21.177720+02:00`; a space for the `T` and a missing offset (then UTC) are
/// common enough to be read.
fn rfc3339(text: &str) -> Option<Time> {
    let (date, rest) = text.split_at_checked(10)?;
    let day: Day = date.parse().ok()?;
    let clock = rest.strip_prefix(['T', 't', ' '])?;
    let end = clock.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.');
    let (clock, offset) = clock.split_at(end.unwrap_or(clock.len()));
    let ms = i64::from(day.0) * 86_400_000 + clock_ms(clock)? - offset_ms(offset.trim())?;
    u64::try_from(ms).ok().and_then(Time::from_ms)
}

/// Milliseconds of `19:28`, `19:28:21` or `19:28:21.177720`; the rest of the fraction is cut off.
fn clock_ms(clock: &str) -> Option<i64> {
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut fields = clock.split(':');
    let (hours, minutes) = (within(fields.next()?, 23)?, within(fields.next()?, 59)?);
    let seconds = within(fields.next().unwrap_or("0"), 60)?;
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole = fields.next().is_none().then_some(hours * 3600 + minutes * 60)?;
    Some((whole + seconds) * 1000 + within(&thousandths, 999)?)
}

/// Milliseconds by which `Z`, `+02:00`, `+0200` or `+02` is ahead of UTC.
fn offset_ms(offset: &str) -> Option<i64> {
    let (sign, digits) = match offset.chars().next() {
        None | Some('Z' | 'z') => return (offset.len() < 2).then_some(0),
        Some('+') => (1, &offset[1..]),
        Some('-') => (-1, &offset[1..]),
        Some(_) => return None,
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { within(minutes, 59)? };
    Some(sign * (within(hours, 23)? * 60 + minutes) * 60_000)
}

/// A number of plain digits, at most `max`. A second may be the sixtieth.
fn within(digits: &str, max: i64) -> Option<i64> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|number| plain && *number <= max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::json::json;

    fn ms(value: &Value) -> Option<u64> {
        read(value).map(Time::ms)
    }

    #[test]
    fn every_way_to_write_a_moment_is_read() {
        for value in [
            json!(1_750_534_101.177),
            json!(1_750_534_101_177_u64),
            json!("1750534101.177"),
            json!("1750534101177"),
            json!("2025-06-21T19:28:21.177720Z"),
            json!("2025-06-21 19:28:21.177"),
            json!("2025-06-21T21:28:21.177+02:00"),
            json!("2025-06-21T13:58:21.1779999-0530"),
            json!({"$date": {"$numberLong": "1750534101177"}}),
            json!({"$date": "2025-06-21T19:28:21.177Z"}),
            json!({"$date": 1_750_534_101_177_u64}),
            json!({"$numberLong": "1750534101177"}),
        ] {
            assert_eq!(ms(&value), Some(1_750_534_101_177), "{value}");
        }
        assert_eq!(ms(&json!("2025-06-21T19:28Z")), Some(1_750_534_080_000), "without seconds");
        assert_eq!(ms(&json!(1000)), Some(1_000_000), "a small number counts seconds");
        assert_eq!(ms(&json!({"$date": 1000})), Some(1000), "MongoDB counts milliseconds");
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for value in [
            json!(-1),
            json!(1e300),
            json!("yesterday"),
            json!("2025-06-21"),
            json!("2025-02-30T00:00:00Z"),
            json!("2025-06-21T24:00:00Z"),
            json!("2025-06-21T19:28:21+99:00"),
            json!("2025-06-21T19:28:21 CEST"),
            json!("1969-12-31T23:59:59Z"),
            json!("1970-01-01T00:00:00+01:00"),
            json!("éééééééééé"),
            json!("NaN"),
            json!([1]),
            json!({"seconds": 1}),
            json!(true),
        ] {
            assert_eq!(ms(&value), None, "{value}");
        }
    }
}
