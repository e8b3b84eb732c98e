//! The terms of a contribution in plain words: what is signed, beside each thing what the community
//! says, and what a signature cannot take back.

use crate::output::Page;
use crate::text::{count, printable, printable_lines, short_key};
use serde::Serialize;
use sheaf_node::client::CommunityInfo;
use sheaf_node::flow::contribute::{About, Term, label_words, private_words};
use sheaf_protocol::policy::{Policy, Topic};
use sheaf_protocol::statement::{Labels, Verdict};
use std::collections::BTreeMap;

/// Where the value of a term comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// The member asked for it in this run.
    Asked,
    /// Remembered of this community.
    LastTime,
    /// The same, made shorter by a policy that became stricter.
    Shortened,
    /// The first that the policy names.
    First,
    /// The longest that the policy allows.
    Allowed,
    /// Nobody ever said anything.
    Unsaid,
}

impl Origin {
    fn words(self) -> &'static str {
        match self {
            Self::Asked => "you asked for it",
            Self::LastTime => "as last time",
            Self::Shortened => "as last time, but no longer than the policy allows",
            Self::First => "the first that the policy names",
            Self::Allowed => "as long as the policy allows",
            Self::Unsaid => "you said nothing else",
        }
    }
}

/// What is agreed to for all chats of a contribution.
pub(crate) struct Terms<'a> {
    pub(crate) info: &'a CommunityInfo,
    /// Those of the first chat; of the others only the labels differ.
    pub(crate) terms: Vec<Term>,
    /// Of every chat.
    pub(crate) labels: Vec<&'a Labels>,
    /// Where each value comes from.
    pub(crate) origin: &'a dyn Fn(About) -> Option<Origin>,
    /// Chats given before under the member's key.
    pub(crate) under_key: u64,
}

/// Shows the terms.
pub(crate) fn show_terms(page: &mut Page, shown: &Terms<'_>) {
    let (policy, name) = (shown.info.policy(), printable(shown.info.name()));
    page.heading(if shown.labels.len() == 1 {
        "What you sign"
    } else {
        "What you sign for each of them"
    });
    let entry = shown.info.policy_ref().index;
    let title = printable(&policy.title);
    page.line(format_args!(
        "  under the policy \"{title}\" of \"{name}\" ({}), log entry {entry}:",
        short_key(&shown.info.id().0)
    ));
    for line in printable_lines(&policy.purpose).lines() {
        page.aside(format_args!("  {line}"));
    }
    page.blank();
    shown.terms.iter().for_each(|term| show_term(page, term, shown));
    let rest = [Topic::Size, Topic::Joining].into_iter().flat_map(|t| policy.sentences_on(t));
    let names = std::iter::once("Besides").chain(std::iter::repeat(""));
    names.zip(rest).for_each(|(name, sentence)| says(page, name, &sentence));
    page.blank();
}

fn show_term(page: &mut Page, term: &Term, shown: &Terms<'_>) {
    let value = match term.about {
        About::Labels => Some(all_labels(&shown.labels)),
        About::Private => Some(private_words(shown.labels.iter().flat_map(|own| &own.scrubbed))),
        _ => term.value.clone(),
    };
    let mut lines = Vec::new();
    if let Some(value) = value {
        let from = (shown.origin)(term.about).map(|origin| page.style.dim(origin.words()));
        let from = from.map(|from| format!("  {from}")).unwrap_or_default();
        lines.push(format!("{}{from}", page.style.bold(&printable(&value))));
    }
    lines.extend(term.words.iter().map(|words| printable(words)));
    lines.extend(linked_before(term, shown));
    let names = std::iter::once(term.about.name()).chain(std::iter::repeat(""));
    names.zip(lines).for_each(|(name, line)| page.term(name, line));
    term.policy.iter().for_each(|sentence| says(page, "", sentence));
    if term.policy.is_empty() {
        says(page, "", "it leaves this to you.");
    }
}

/// A sentence of the policy, marked as one.
fn says(page: &mut Page, name: &str, sentence: &str) {
    let line = page.style.cyan(&format!("policy: {}", printable(sentence)));
    page.term(name, line);
}

/// Under a name more is linked than what is given now.
fn linked_before(term: &Term, shown: &Terms<'_>) -> Option<String> {
    let named = term.about == About::Attribution && term.value.as_deref() != Some("none");
    (named && shown.under_key > 0).then(|| {
        let before = count(shown.under_key, "chat");
        format!("You gave {before} under that key before: these are linked with them.")
    })
}

/// The labels of all chats: once if they are alike, else counted.
fn all_labels(labels: &[&Labels]) -> String {
    let words: Vec<String> = labels.iter().map(|labels| label_words(labels)).collect();
    match words.split_first() {
        Some((first, others)) if others.iter().all(|other| other == first) => first.clone(),
        _ => format!("each its own, as above: {}", counted(labels)),
    }
}

fn counted(labels: &[&Labels]) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for labels in labels {
        let verdict = labels.verdict.map(verdict_word).map(str::to_owned);
        let languages = labels.languages.iter().map(|tag| format!("in {tag}"));
        let tags = labels.tags.iter().map(|tag| format!("tagged {tag}"));
        let unsure = labels.languages.is_empty().then(|| "language not sure".to_owned());
        for word in verdict.into_iter().chain(languages).chain(tags).chain(unsure) {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let more = counts.len().saturating_sub(COUNTED_MAX);
    let said =
        counts.into_iter().take(COUNTED_MAX).map(|(word, number)| format!("{word} ({number})"));
    let more = (more > 0).then(|| format!("{more} more"));
    said.chain(more).collect::<Vec<_>>().join(", ")
}

/// Different labels that are counted on the screen.
const COUNTED_MAX: usize = 12;

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "good",
        Verdict::Bad => "bad",
        Verdict::Interesting => "interesting",
    }
}

/// Shows the policy in force.
pub(crate) fn show_policy(page: &mut Page, info: &CommunityInfo) {
    let (name, id) = (printable(info.name()), short_key(&info.id().0));
    let entry = info.policy_ref().index;
    page.heading(format_args!("The policy of \"{name}\" ({id}), log entry {entry}"));
    policy_words(page, info.policy());
}

/// A policy in plain words.
pub(crate) fn policy_words(page: &mut Page, policy: &Policy) {
    page.line(format_args!("  {}", printable(&policy.title)));
    for line in printable_lines(&policy.purpose).lines() {
        page.aside(format_args!("  {line}"));
    }
    policy.sentences().iter().for_each(|sentence| page.item(printable(sentence)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(verdict: Option<Verdict>, languages: &[&str]) -> Labels {
        let languages = languages.iter().map(|&tag| tag.to_owned()).collect();
        Labels { verdict, languages, ..Labels::default() }
    }

    #[test]
    fn labels_that_differ_are_counted() {
        let (german, english) = (labels(None, &["de"]), labels(Some(Verdict::Good), &["en"]));
        let unsure = labels(None, &[]);
        assert_eq!(all_labels(&[&german, &german]), "in de");
        assert_eq!(all_labels(&[&unsure]), "none");
        assert_eq!(
            all_labels(&[&german, &english, &german, &unsure]),
            "each its own, as above: in de (2), good (1), in en (1), language not sure (1)"
        );
    }
}
