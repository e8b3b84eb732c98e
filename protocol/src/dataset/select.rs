use super::{Need, Recipe, RowTerms};
use crate::licence;
use crate::statement::Labels;
use crate::time::Time;
use crate::usage::Usage;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a recipe does not select a chat: the first condition that it does not meet, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exclusion {
    /// Its due day has ended.
    Due,
    /// Its licence cannot be used under those allowed.
    Licence,
    /// Its usage preference does not say what is needed.
    Usage,
    /// None of the languages.
    Language,
    /// None of the judgements.
    Verdict,
    /// A tag is missing.
    Tag,
    /// Too few or too many messages.
    Messages,
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Due => "past their due day",
            Self::Licence => "another licence",
            Self::Usage => "usage preference",
            Self::Language => "another language",
            Self::Verdict => "another judgement",
            Self::Tag => "tags",
            Self::Messages => "number of messages",
        })
    }
}

impl Recipe {
    /// Whether a chat with these terms and labels is asked for, as of `as_of`. Looks at nothing
    /// else, so anyone who has the manifest can decide the same.
    ///
    /// # Errors
    /// [`Exclusion`]: the first condition that is not met.
    pub fn select(&self, terms: &RowTerms, labels: &Labels, as_of: Time) -> Result<(), Exclusion> {
        let conditions = [
            (terms.due.is_none_or(|day| as_of < day.end()), Exclusion::Due),
            (self.wants_licence(&terms.licence), Exclusion::Licence),
            (self.wants_usage(&terms.usage), Exclusion::Usage),
            (self.wants_language(&labels.languages), Exclusion::Language),
            (self.wants_verdict(labels), Exclusion::Verdict),
            (self.tags.iter().all(|tag| labels.tags.contains(tag)), Exclusion::Tag),
            (self.wants_length(labels.messages), Exclusion::Messages),
        ];
        conditions.into_iter().find(|(met, _)| !met).map_or(Ok(()), |(_, reason)| Err(reason))
    }

    fn wants_licence(&self, expression: &str) -> bool {
        self.licences.is_empty() || licence::allowed(expression, &self.licences)
    }

    fn wants_usage(&self, usage: &Usage) -> bool {
        self.usage.iter().all(|(label, need)| match need {
            Need::Granted => usage.get(label) == Some(true),
            Need::NotForbidden => usage.get(label) != Some(false),
        })
    }

    fn wants_language(&self, languages: &[String]) -> bool {
        let wanted = |tag: &String| self.languages.iter().any(|range| in_range(tag, range));
        self.languages.is_empty() || languages.iter().any(wanted)
    }

    fn wants_verdict(&self, labels: &Labels) -> bool {
        self.verdicts.is_empty() || labels.verdict.is_some_and(|v| self.verdicts.contains(&v))
    }

    fn wants_length(&self, messages: u32) -> bool {
        self.messages_min.is_none_or(|min| messages >= min)
            && self.messages_max.is_none_or(|max| messages <= max)
    }
}

/// Basic filtering of language tags (RFC 4647 §3.3.1): equal, or narrower by whole subtags;
/// letter case does not count.
fn in_range(tag: &str, range: &str) -> bool {
    let mut tag = tag.split('-');
    range.split('-').all(|part| tag.next().is_some_and(|own| own.eq_ignore_ascii_case(part)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Day;

    fn terms() -> RowTerms {
        let usage = Usage::parse("train-ai=y").unwrap();
        RowTerms { licence: "CC-BY-4.0".into(), usage, due: Some(Day(30)) }
    }

    fn labels() -> Labels {
        Labels {
            tags: vec!["code".into()],
            languages: vec!["en-GB".into()],
            messages: 4,
            ..Labels::default()
        }
    }

    fn verdict(recipe: &str) -> Result<(), Exclusion> {
        let recipe: Recipe = serde_json::from_str(recipe).unwrap();
        recipe.select(&terms(), &labels(), Day(29).end())
    }

    #[test]
    fn a_recipe_selects_by_signed_fields() {
        for (recipe, expected) in [
            (r#"{"communities":[]}"#, Ok(())),
            (r#"{"communities":[],"licences":["CC-BY-4.0"]}"#, Ok(())),
            (r#"{"communities":[],"licences":["CC0-1.0"]}"#, Err(Exclusion::Licence)),
            (r#"{"communities":[],"usage":{"train-ai":"granted"}}"#, Ok(())),
            (r#"{"communities":[],"usage":{"search":"not-forbidden"}}"#, Ok(())),
            (r#"{"communities":[],"usage":{"search":"granted"}}"#, Err(Exclusion::Usage)),
            (r#"{"communities":[],"languages":["de","EN"]}"#, Ok(())),
            (r#"{"communities":[],"languages":["en-US"]}"#, Err(Exclusion::Language)),
            (r#"{"communities":[],"languages":["e"]}"#, Err(Exclusion::Language)),
            (r#"{"communities":[],"verdicts":["good"]}"#, Err(Exclusion::Verdict)),
            (r#"{"communities":[],"tags":["code"]}"#, Ok(())),
            (r#"{"communities":[],"tags":["code","math"]}"#, Err(Exclusion::Tag)),
            (r#"{"communities":[],"messages-min":5}"#, Err(Exclusion::Messages)),
            (r#"{"communities":[],"messages-min":4,"messages-max":4}"#, Ok(())),
        ] {
            assert_eq!(verdict(recipe), expected, "{recipe}");
        }
        assert!(serde_json::from_str::<Recipe>(r#"{"communities":[],"licenses":[]}"#).is_err());
    }

    #[test]
    fn a_due_day_is_over_at_its_end() {
        let recipe: Recipe = serde_json::from_str(r#"{"communities":[]}"#).unwrap();
        let last = Time::from_ms(Day(30).end().ms() - 1).unwrap();
        assert_eq!(recipe.select(&terms(), &labels(), last), Ok(()));
        assert_eq!(recipe.select(&terms(), &labels(), Day(30).end()), Err(Exclusion::Due));
    }
}
