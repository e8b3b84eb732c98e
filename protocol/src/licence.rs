//! Licences: SPDX expressions, and whether a list of identifiers satisfies one.
//!
//! [`allowed`] knows the grammar and not the list of licences, so that every release gives the same
//! answer for a logged statement; [`check_known`] asks the SPDX list and is for what is about to
//! be signed. The grammar is in `docs/spec/policy.md`.

use crate::limits::NAME_BYTES_MAX;

/// Why a text is not a licence expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LicenceError {
    /// Longer than [`NAME_BYTES_MAX`] bytes.
    #[error("a licence expression has at most {NAME_BYTES_MAX} bytes")]
    TooLong,
    /// Something else stands where an identifier or "(" should.
    #[error("expected a licence identifier, found {0:?}")]
    Expected(String),
    /// Something follows the expression.
    #[error("unexpected {0:?} after the expression")]
    Trailing(String),
    /// A parenthesis that is not closed.
    #[error("a parenthesis is not closed")]
    Unclosed,
    /// An identifier that the SPDX list does not have.
    #[error("{0:?} is not a licence of the SPDX list (https://spdx.org/licenses)")]
    Unknown(String),
}

/// An SPDX licence expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// One licence, with its `+` and `WITH` exception if it has them.
    Id(String),
    /// All of these at once.
    And(Vec<Expression>),
    /// Any one of these.
    Or(Vec<Expression>),
}

/// Reads an expression: identifiers, `WITH`, `AND`, `OR` (in this order of binding, operators in
/// capitals) and parentheses.
///
/// # Errors
/// [`LicenceError`]; never [`LicenceError::Unknown`].
pub fn parse(text: &str) -> Result<Expression, LicenceError> {
    if text.len() > NAME_BYTES_MAX {
        return Err(LicenceError::TooLong);
    }
    let mut tokens = Tokens { rest: text };
    let expression = tokens.or()?;
    match tokens.next() {
        None => Ok(expression),
        Some(token) => Err(LicenceError::Trailing(token.to_owned())),
    }
}

/// Whether `expression` can be satisfied with the licences in `ids`: of `AND` all, of `OR` any.
/// Identifiers match letter by letter; an expression that does not parse is not allowed.
pub fn allowed<S: AsRef<str>>(expression: &str, ids: &[S]) -> bool {
    parse(expression).is_ok_and(|parsed| parsed.satisfied_by(ids))
}

/// Whether `text` is an expression over the SPDX list or of `LicenseRef-…`.
///
/// # Errors
/// [`LicenceError`].
pub fn check_known(text: &str) -> Result<Expression, LicenceError> {
    let parsed = parse(text)?;
    let mut ids = Vec::new();
    parsed.collect(&mut ids);
    let unknown = |id: &&&str| spdx::Expression::parse(id).is_err();
    match ids.iter().find(unknown) {
        Some(id) => Err(LicenceError::Unknown((*id).to_owned())),
        None => Ok(parsed),
    }
}

impl Expression {
    /// Whether the licences in `ids` satisfy it.
    pub fn satisfied_by<S: AsRef<str>>(&self, ids: &[S]) -> bool {
        match self {
            Self::Id(id) => ids.iter().any(|allowed| allowed.as_ref() == id),
            Self::And(all) => all.iter().all(|part| part.satisfied_by(ids)),
            Self::Or(any) => any.iter().any(|part| part.satisfied_by(ids)),
        }
    }

    /// The licences that it names, in order, with repetitions.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        self.collect(&mut ids);
        ids
    }

    fn collect<'a>(&'a self, into: &mut Vec<&'a str>) {
        match self {
            Self::Id(id) => into.push(id),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.collect(into)),
        }
    }
}

struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    fn or(&mut self) -> Result<Expression, LicenceError> {
        let parts = self.separated("OR", Self::and)?;
        Ok(one_or(parts, Expression::Or))
    }

    fn and(&mut self) -> Result<Expression, LicenceError> {
        let parts = self.separated("AND", Self::atom)?;
        Ok(one_or(parts, Expression::And))
    }

    // The depth of recursion is bounded by the length of the text.
    fn atom(&mut self) -> Result<Expression, LicenceError> {
        if self.take("(") {
            let inner = self.or()?;
            return if self.take(")") { Ok(inner) } else { Err(LicenceError::Unclosed) };
        }
        let mut id = self.id()?.to_owned();
        if self.take("WITH") {
            id = format!("{id} WITH {}", self.id()?);
        }
        Ok(Expression::Id(id))
    }

    fn id(&mut self) -> Result<&'a str, LicenceError> {
        let token = self.next().unwrap_or_default();
        let is_id = |b: u8| b.is_ascii_alphanumeric() || b"-.+:".contains(&b);
        let good = !token.is_empty() && token.bytes().all(is_id);
        if good && !["AND", "OR", "WITH"].contains(&token) {
            return Ok(token);
        }
        Err(LicenceError::Expected(token.to_owned()))
    }

    fn separated(
        &mut self,
        word: &str,
        part: impl Fn(&mut Self) -> Result<Expression, LicenceError>,
    ) -> Result<Vec<Expression>, LicenceError> {
        let mut parts = vec![part(self)?];
        while self.take(word) {
            parts.push(part(self)?);
        }
        Ok(parts)
    }

    fn take(&mut self, token: &str) -> bool {
        let mut ahead = Tokens { rest: self.rest };
        let found = ahead.next() == Some(token);
        if found {
            self.rest = ahead.rest;
        }
        found
    }

    fn next(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start_matches(' ');
        let first = self.rest.chars().next()?;
        let end = match first {
            '(' | ')' => 1,
            _ => self.rest.find([' ', '(', ')']).unwrap_or(self.rest.len()),
        };
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(token)
    }
}

fn one_or(mut parts: Vec<Expression>, many: impl Fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.len() {
        1 => parts.remove(0),
        _ => many(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_and_all_and_of_or_any_must_be_listed() {
        let ids = ["CC0-1.0", "CC-BY-4.0", "Apache-2.0 WITH LLVM-exception"];
        for good in [
            "CC0-1.0",
            " CC0-1.0 ",
            "CC-BY-4.0 OR GPL-3.0-only",
            "CC-BY-4.0 AND CC0-1.0",
            "(MIT AND CC0-1.0) OR CC-BY-4.0",
            "MIT AND CC0-1.0 OR CC-BY-4.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(allowed(good, &ids), "{good}");
        }
        for bad in [
            "",
            "MIT",
            "cc0-1.0",
            "CC0-1.0+",
            "CC-BY-4.0 AND MIT",
            "MIT AND (CC0-1.0 OR CC-BY-4.0)",
            "Apache-2.0",
            "LicenseRef-mine",
            "CC0-1.0 CC-BY-4.0",
            "CC0-1.0 or MIT",
            "(CC0-1.0",
            "CC0-1.0)",
            "CC0-1.0 OR",
            "CC0-1.0/MIT",
        ] {
            assert!(!allowed(bad, &ids), "{bad}");
        }
    }

    #[test]
    fn the_spdx_list_is_asked_before_signing() {
        assert!(check_known("CC-BY-4.0 OR (MIT AND LicenseRef-ours)").is_ok());
        assert_eq!(
            check_known("CC-BY-4.0 OR CC-BUY-4.0"),
            Err(LicenceError::Unknown("CC-BUY-4.0".into()))
        );
        assert!(check_known("Apache-2.0 WITH LLVM-exception").is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-Z0-9()a-z.+ -]{0,300}") {
            let _ = parse(&text);
        }

        /// Where both parsers accept, they agree.
        #[test]
        fn spdx_agrees(text in "(MIT|CC0-1\\.0|ISC)( (AND|OR) (MIT|CC0-1\\.0|\\(ISC OR MIT\\)|\\(MIT AND ISC\\))){0,5}") {
            let ids = ["MIT"];
            let theirs = spdx::Expression::parse(&text).unwrap();
            let verdict = theirs.evaluate(|req| req.license.id().is_some_and(|id| id.name == "MIT"));
            prop_assert_eq!(allowed(&text, &ids), verdict);
        }
    }
}
