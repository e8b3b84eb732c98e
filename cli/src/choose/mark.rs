use sheaf_protocol::limits::LABELS_MAX;
use sheaf_protocol::statement::{Verdict, is_line};
use std::collections::BTreeSet;

/// What a person said of a chat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Whether to give it.
    pub(crate) chosen: bool,
    /// Good, bad or interesting.
    pub(crate) verdict: Option<Verdict>,
    /// Words to find it by.
    pub(crate) tags: Vec<String>,
}

impl Mark {
    /// Whether anything was said.
    pub(super) fn says_something(&self) -> bool {
        *self != Self::default()
    }

    /// Gives this verdict, or takes it back.
    pub(super) fn judge(&mut self, verdict: Verdict) {
        self.verdict = if self.verdict == Some(verdict) { None } else { Some(verdict) };
    }
}

/// Tags as they are typed: between commas.
///
/// # Errors
/// What is wrong with them.
pub(super) fn read_tags(text: &str) -> Result<Vec<String>, String> {
    let tags = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
    let tags: BTreeSet<String> = tags.map(str::to_owned).collect();
    if tags.len() > LABELS_MAX {
        return Err(format!("at most {LABELS_MAX} tags"));
    }
    match tags.iter().find(|tag| !is_line(tag)) {
        Some(tag) => Err(format!("a tag is too long or cannot be read: {tag}")),
        None => Ok(tags.into_iter().collect()),
    }
}

/// A verdict as a word.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "good",
        Verdict::Bad => "bad",
        Verdict::Interesting => "interesting",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_words_between_commas() {
        assert_eq!(read_tags(" tea, green tea,,tea "), Ok(vec!["green tea".into(), "tea".into()]));
        assert_eq!(read_tags(" , "), Ok(Vec::new()));
        assert!(read_tags(&"x".repeat(300)).is_err(), "a manifest would not take it");
        let many: Vec<_> = (0..=LABELS_MAX).map(|n| n.to_string()).collect();
        assert!(read_tags(&many.join(",")).is_err());
        assert!(read_tags("a\u{202e}b").is_err(), "nor what turns the direction of a line");
    }
}
