//! The terms of a contribution in plain words: what is signed, what the community says, and what a
//! signature cannot take back.

use crate::output::Page;
use crate::text::{printable, printable_lines, short_key};
use sheaf_node::client::CommunityInfo;
use sheaf_node::flow::contribute::Draft;
use sheaf_protocol::policy::Policy;
use sheaf_protocol::statement::{Attribution, Labels, Verdict};
use sheaf_protocol::usage::{SEARCH, TRAIN_AI, Usage};

/// Shows the terms; all drafts of one contribution carry the same.
pub(crate) fn show_terms(page: &mut Page, info: &CommunityInfo, draft: &Draft) {
    page.heading("The terms you sign for each of these chats");
    for sentence in &draft.shown {
        page.item(printable(sentence));
    }
    usage_words(&draft.consent.usage).iter().for_each(|words| page.item(words));
    page.item(linking(&draft.consent.attribution));
    labels(page, &draft.labels);
    page.blank();
    show_policy(page, info);
    page.blank();
    page.heading("What you should know");
    page.item("The community's stewards and partner nodes can read these chats.");
    page.item(
        "You can take a chat back at any time (`sheaf withdraw`): every node that keeps the rules \
         erases it, on the record.",
    );
    page.item(
        "Copies that others made outside of these nodes cannot be reached, and the licence you \
         give them for those copies cannot be recalled.",
    );
    page.blank();
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

/// A usage preference as sentences.
pub(crate) fn usage_words(raw: &str) -> Vec<String> {
    let Ok(usage) = Usage::parse(raw) else {
        return vec!["The usage preference cannot be read.".into()];
    };
    let say = |label, what: &str| match usage.get(label) {
        Some(true) => Some(format!("You allow {what} ({label}=y).")),
        Some(false) => Some(format!("You forbid {what} ({label}=n).")),
        None => None,
    };
    let known = [
        say(TRAIN_AI, "the training of AI models on it"),
        say(SEARCH, "search engines to find and show it"),
    ];
    let others = usage.stated().filter(|(label, _)| ![TRAIN_AI, SEARCH].contains(label));
    let others = others.map(|(label, yes)| {
        format!("Also stated: {}={}.", printable(label), if yes { "y" } else { "n" })
    });
    known.into_iter().flatten().chain(others).collect()
}

fn linking(attribution: &Attribution) -> &'static str {
    match attribution {
        Attribution::Name(_) => {
            "Anyone can see which chats were given under your key, and your name beside them."
        }
        Attribution::None => {
            "Nobody else can link these chats to you or to each other by their signatures; the \
             community's node sees that you send them, and keeps only a keyed mark that lets it \
             know the same chat again."
        }
    }
}

fn labels(page: &mut Page, labels: &Labels) {
    let mut said = Vec::new();
    said.extend(labels.verdict.map(|verdict| format!("verdict {}", verdict_word(verdict))));
    let list = |what: &str, words: &[String]| {
        (!words.is_empty()).then(|| format!("{what} {}", printable(&words.join(", "))))
    };
    said.extend(list("tags", &labels.tags));
    said.extend(list("languages", &labels.languages));
    said.push("models, number of messages and time of beginning, as the chat has them".into());
    page.item(format_args!("Labels that partner nodes see: {}.", said.join("; ")));
}

fn verdict_word(verdict: Verdict) -> &'static str {
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
    fn a_preference_is_said_in_words() {
        let words = usage_words("train-ai=n, search=y");
        assert_eq!(
            words,
            [
                "You forbid the training of AI models on it (train-ai=n).",
                "You allow search engines to find and show it (search=y)."
            ]
        );
        assert!(usage_words("").is_empty(), "silence says nothing");
    }
}
