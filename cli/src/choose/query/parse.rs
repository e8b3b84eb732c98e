use super::condition::{Bound, Condition, Feature, Giving, Rated};
use super::needle::Needle;
use super::{Query, Term};
use sheaf_protocol::time::Day;
use std::str::FromStr;

/// What is wrong with a query, in words for who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    /// A word before a colon that names no field.
    #[error("there is no \"{0}:\" (there are {names}); to find the words, write \"{0}:…\" in quotation marks", names = FIELD_NAMES.join(", "))]
    Field(String),
    /// A field without a value, or with another than it takes.
    #[error("{field}: takes {expected}")]
    Value {
        /// The field.
        field: &'static str,
        /// What it takes.
        expected: &'static str,
    },
}

type Read = fn(&str) -> Option<Condition>;

/// The fields: name, what they take, how it is read.
const FIELDS: [(&str, &str, Read); 13] = [
    ("title", "words of the title: title:tea", |text| words(text, Condition::Title)),
    ("model", "a part of a model's name: model:gpt-4", |text| words(text, Condition::Model)),
    ("source", "the tool it is from: source:claude", |text| words(text, Condition::Source)),
    ("tag", "a tag: tag:recipe", |text| words(text, Condition::Tag)),
    ("after", "a day, month or year: after:2025-01", |text| day(text).map(Condition::After)),
    ("before", "a day, month or year: before:2025-01", |text| day(text).map(Condition::Before)),
    ("date", "a day, month or year: date:2025-01", date),
    ("rated", "good, bad, interesting, yes or no", rated),
    ("has", "branches, code, tools, files or thoughts", has),
    ("given", "yes (before), no (not yet) or cannot", given),
    ("chosen", "yes or no", chosen),
    ("messages", "a number, at least or at most: messages:10+ or messages:10-", |text| {
        bound(text, &[]).map(Condition::Messages)
    }),
    ("size", "a size, at least or at most: size:100k+ or size:1M-", |text| {
        bound(text, SIZES).map(Condition::Size)
    }),
];

/// Their names.
const FIELD_NAMES: [&str; FIELDS.len()] = {
    let mut names = [""; FIELDS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = FIELDS[at].0;
        at += 1;
    }
    names
};

impl FromStr for Query {
    type Err = QueryError;

    /// Reads words, `"words in quotation marks"` and `field:value`, each after `-` if it must not
    /// hold.
    fn from_str(text: &str) -> Result<Self, QueryError> {
        match Self::as_far_as_good(text) {
            (query, None) => Ok(query),
            (_, Some(error)) => Err(error),
        }
    }
}

impl Query {
    /// The same while it is typed: without what is wrong, and the first thing that is.
    pub(crate) fn as_far_as_good(text: &str) -> (Self, Option<QueryError>) {
        let (mut terms, mut error) = (Vec::new(), None);
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (piece, after) = Piece::first(rest);
            match piece.term() {
                Ok(term) => terms.extend(term),
                Err(wrong) => error = error.or(Some(wrong)),
            }
            rest = after.trim_start();
        }
        (Self { terms }, error)
    }
}

/// One piece of a query as it was typed.
struct Piece<'a> {
    wanted: bool,
    field: Option<&'a str>,
    text: &'a str,
}

impl<'a> Piece<'a> {
    /// The first piece, and what follows. A quotation that is not ended goes to the end.
    fn first(text: &'a str) -> (Self, &'a str) {
        let positive = text.strip_prefix('-');
        let (wanted, text) = (positive.is_none(), positive.unwrap_or(text));
        let (field, text) = field(text);
        let (text, rest) = match text.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
        };
        (Self { wanted, field, text }, rest)
    }

    /// `None` while nothing is typed but a sign.
    fn term(&self) -> Result<Option<Term>, QueryError> {
        let condition = match self.field {
            Some(name) => read(name, self.text)?,
            None if self.text.is_empty() => return Ok(None),
            None => Condition::Words(Needle::new(self.text)),
        };
        Ok(Some(Term { wanted: self.wanted, condition }))
    }
}

/// The letters before a colon, if there is one in the first word.
fn field(text: &str) -> (Option<&str>, &str) {
    match text.split_once(':') {
        Some((name, value))
            if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic()) =>
        {
            (Some(name), value)
        }
        _ => (None, text),
    }
}

fn read(name: &str, text: &str) -> Result<Condition, QueryError> {
    let found = FIELDS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
    let (field, expected, read) = *found.ok_or_else(|| QueryError::Field(name.to_owned()))?;
    read(&text.to_lowercase()).ok_or(QueryError::Value { field, expected })
}

fn words(text: &str, condition: fn(Needle) -> Condition) -> Option<Condition> {
    (!text.is_empty()).then(|| condition(Needle::new(text)))
}

/// The first day of what is written.
fn day(text: &str) -> Option<Day> {
    let missing = ["", "-01", "-01-01"];
    missing.iter().find_map(|missing| format!("{text}{missing}").parse().ok())
}

fn date(text: &str) -> Option<Condition> {
    day(text).map(|_| Condition::Date(text.to_owned()))
}

fn rated(text: &str) -> Option<Condition> {
    Some(Condition::Rated(match text {
        "good" => Rated::Good,
        "bad" => Rated::Bad,
        "interesting" => Rated::Interesting,
        "yes" => Rated::Any,
        "no" => Rated::Not,
        _ => return None,
    }))
}

fn has(text: &str) -> Option<Condition> {
    Some(Condition::Has(match text {
        "branches" => Feature::Branches,
        "code" => Feature::Code,
        "tools" => Feature::Tools,
        "files" => Feature::Files,
        "thoughts" => Feature::Thoughts,
        _ => return None,
    }))
}

fn given(text: &str) -> Option<Condition> {
    Some(Condition::Given(match text {
        "yes" => Giving::Before,
        "no" => Giving::NotYet,
        "cannot" => Giving::Cannot,
        _ => return None,
    }))
}

fn chosen(text: &str) -> Option<Condition> {
    match text {
        "yes" => Some(Condition::Chosen(true)),
        "no" => Some(Condition::Chosen(false)),
        _ => None,
    }
}

/// What a size may be counted in.
const SIZES: &[(&str, usize)] = &[("k", 1 << 10), ("m", 1 << 20)];

/// `10+` or `10-`, the number perhaps with a unit.
fn bound(text: &str, units: &[(&str, usize)]) -> Option<Bound> {
    let (number, bound): (_, fn(usize) -> Bound) = match text.strip_suffix('-') {
        Some(number) => (number, Bound::AtMost),
        None => (text.strip_suffix('+').unwrap_or(text), Bound::AtLeast),
    };
    let in_units = |(name, unit): &(&str, usize)| Some((number.strip_suffix(name)?, *unit));
    let (digits, unit) = units.iter().find_map(in_units).unwrap_or((number, 1));
    digits.parse::<usize>().ok()?.checked_mul(unit).map(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_in_words() {
        let wrong =
            |text: &str| text.parse::<Query>().err().map_or(String::new(), |e| e.to_string());
        assert_eq!(wrong("rated:great"), "rated: takes good, bad, interesting, yes or no");
        assert_eq!(wrong("tea after:2025-13"), "after: takes a day, month or year: after:2025-01");
        assert!(wrong("modle:gpt").contains("there are title, model, source"));
        assert!(wrong("http://x").contains("in quotation marks"), "the way out is named");
        for text in ["model:", "size:big", "messages:10k", "messages:", "has:x", "date:2025-1"] {
            assert!(text.parse::<Query>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_query_is_read_while_it_is_typed() {
        for text in ["", " ", "-", "\"", "\"green t", "-\"", "10:30", "size:1M+", "Rated:GOOD"] {
            assert!(text.parse::<Query>().is_ok(), "{text}");
        }
        assert!(" - ".parse::<Query>().is_ok_and(|query| query.is_empty()));
    }

    #[test]
    fn every_field_says_an_example_that_is_read() {
        for (name, expected, _) in FIELDS {
            let Some((_, examples)) = expected.split_once(": ") else { continue };
            for example in examples.split(" or ") {
                assert!(example.starts_with(name), "{example}");
                assert!(example.parse::<Query>().is_ok(), "{example}");
            }
        }
    }
}
