//! Dates and times as digits, to find those of birth and to leave out the rest.

/// Whether four digits are a year of our time.
pub(crate) fn is_year(digits: &[u8]) -> bool {
    digits.len() == 4 && (digits.starts_with(b"19") || digits.starts_with(b"20"))
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |n, digit| n * 10 + u32::from(digit.wrapping_sub(b'0')))
}

pub(crate) fn is_month(digits: &[u8]) -> bool {
    (1..=2).contains(&digits.len()) && (1..=12).contains(&number(digits))
}

pub(crate) fn is_day(digits: &[u8]) -> bool {
    (1..=2).contains(&digits.len()) && (1..=31).contains(&number(digits))
}

/// Whether six digits are year, month and day, each of two.
pub(crate) fn is_yymmdd(digits: &[u8]) -> bool {
    digits.len() == 6 && is_month(&digits[2..4]) && is_day(&digits[4..6])
}

/// Whether six digits are day, month and year, each of two.
pub(crate) fn is_ddmmyy(digits: &[u8]) -> bool {
    digits.len() == 6 && is_day(&digits[..2]) && is_month(&digits[2..4])
}

/// Whether eight digits are a day from 1900 to 2099, year first.
pub(crate) fn is_yyyymmdd(digits: &[u8]) -> bool {
    digits.len() == 8 && is_year(&digits[..4]) && is_month(&digits[4..6]) && is_day(&digits[6..8])
}

/// Whether three groups are a day in one of the usual orders, with a year of four digits.
pub(crate) fn is_date(first: &[u8], second: &[u8], third: &[u8]) -> bool {
    let year_last = is_year(third) && is_day(first) && is_day(second);
    let year_first = is_year(first) && is_month(second) && is_day(third);
    (year_last && (is_month(first) || is_month(second))) || year_first
}

/// Whether groups, of which the first two are apart by `gap`, begin with a date, are a moment in one
/// piece, or a span of years.
pub(crate) fn begins_date<'a>(mut groups: impl Iterator<Item = &'a [u8]>, gap: &str) -> bool {
    let Some(first) = groups.next() else { return false };
    if is_yyyymmdd(first) || (first.len() >= 12 && is_yyyymmdd(&first[..8])) {
        return true;
    }
    let Some(second) = groups.next() else { return false };
    let third = groups.next();
    if matches!(gap, "-" | " - " | "/") && is_year(first) && is_year(second) && third.is_none() {
        return true;
    }
    let Some(third) = third else { return is_year(first) && is_month(second) && gap != " " };
    let short = is_ddmmyy_apart(first, second, third) && groups.next().is_none() && gap != " ";
    is_date(first, second, third) || short
}

fn is_ddmmyy_apart(first: &[u8], second: &[u8], third: &[u8]) -> bool {
    third.len() == 2 && is_day(first) && is_day(second) && first.len() == 2 && second.len() == 2
}
