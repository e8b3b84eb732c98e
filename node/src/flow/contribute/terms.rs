//! What a member agrees to, in plain words: thing by thing, and beside each what the policy says.
//!
//! The words follow from the signed consent and labels and from the policy alone, so that whoever
//! checks a slip later can tell whether the sentences kept in it are those for what was signed.

use sheaf_protocol::policy::{Policy, Topic, private_kind_words};
use sheaf_protocol::statement::{Attribution, Consent, Labels, Scrubbed, Verdict};
use sheaf_protocol::usage::{SEARCH, TRAIN_AI, Usage};
use std::collections::BTreeMap;

/// One of the things that a member agrees to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// Under which licence.
    Licence,
    /// What machines may do.
    Usage,
    /// Under which name, and what that links.
    Attribution,
    /// What is said about the chat.
    Labels,
    /// What was found in it that is private.
    Private,
    /// Until when.
    Expiry,
    /// Who reads it.
    Readers,
    /// What can be taken back, and what cannot.
    TakingBack,
}

/// What a member agrees to about one thing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Term {
    /// About what.
    pub about: About,
    /// What was chosen, in a few words; absent where there is nothing to choose.
    pub value: Option<String>,
    /// What that means, a sentence each.
    pub words: Vec<String>,
    /// What the policy says about it; empty where it leaves it to the member.
    pub policy: Vec<String>,
}

impl About {
    /// Its name on a screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Licence => "Licence",
            Self::Usage => "Usage preference",
            Self::Attribution => "Name",
            Self::Labels => "Labels",
            Self::Private => "What is private",
            Self::Expiry => "Last day",
            Self::Readers => "Who reads it",
            Self::TakingBack => "Taking it back",
        }
    }

    /// Where the policy speaks of it.
    fn topic(self) -> Option<Topic> {
        match self {
            Self::Licence => Some(Topic::Licence),
            Self::Usage => Some(Topic::Usage),
            Self::Private => Some(Topic::Privacy),
            Self::Expiry => Some(Topic::Expiry),
            Self::Readers => Some(Topic::Readers),
            Self::TakingBack => Some(Topic::Erasing),
            Self::Attribution | Self::Labels => None,
        }
    }
}

/// Everything that is agreed to, in the order of the screen.
pub fn terms(policy: &Policy, consent: &Consent, labels: &Labels) -> Vec<Term> {
    let term = |about: About, (value, words): Said| Term {
        about,
        value,
        words,
        policy: about.topic().map(|topic| policy.sentences_on(topic)).unwrap_or_default(),
    };
    vec![
        term(About::Licence, licence(consent)),
        term(About::Usage, usage(&consent.usage)),
        term(About::Attribution, attribution(&consent.attribution)),
        term(About::Labels, (Some(label_words(labels)), vec![LABELS_SEEN.into()])),
        term(
            About::Private,
            (Some(private_words(&labels.scrubbed)), vec![NO_SCAN_IS_PERFECT.into()]),
        ),
        term(About::Expiry, expiry(consent)),
        term(About::Readers, (None, vec![STEWARDS_READ.into()])),
        term(About::TakingBack, (None, [TAKING_BACK, NOT_RECALLED].map(String::from).to_vec())),
    ]
}

/// The sentences that a slip keeps: to whom, and what is agreed to, without the policy's own.
pub fn shown(name: &str, policy: &Policy, consent: &Consent, labels: &Labels) -> Vec<String> {
    let first = format!("You give this chat to \"{name}\" under its policy \"{}\".", policy.title);
    let terms = terms(policy, consent, labels);
    std::iter::once(first).chain(terms.into_iter().flat_map(Term::sentences)).collect()
}

/// What was agreed to, as far as the consent alone tells.
pub fn consent_sentences(consent: &Consent) -> Vec<String> {
    let term = |about, (value, words)| Term { about, value, words, policy: Vec::new() };
    let terms = [
        term(About::Licence, licence(consent)),
        term(About::Usage, usage(&consent.usage)),
        term(About::Attribution, attribution(&consent.attribution)),
        term(About::Expiry, expiry(consent)),
    ];
    terms.into_iter().flat_map(Term::sentences).collect()
}

const LABELS_SEEN: &str = "Whoever may hold or read it sees these, the models, the number of \
                           messages and the time of beginning, as the chat has them.";
const NO_SCAN_IS_PERFECT: &str = "A scan finds what looks like something it knows, and no scan is \
                                  perfect: read the chat before you give it.";
const STEWARDS_READ: &str = "The community's stewards and its partner nodes can read it.";
const TAKING_BACK: &str = "You can take it back at any time (`sheaf withdraw`): every node that \
                           keeps the rules erases it, on the record.";
const NOT_RECALLED: &str = "Copies that others made outside of these nodes cannot be reached, and \
                            the licence you give them for those copies cannot be recalled.";

/// A value, and sentences on it.
type Said = (Option<String>, Vec<String>);

impl Term {
    fn sentences(self) -> impl Iterator<Item = String> {
        let value = self.value.map(|value| format!("{}: {value}.", self.about.name()));
        value.into_iter().chain(self.words)
    }
}

fn licence(consent: &Consent) -> Said {
    (Some(consent.licence.clone()), Vec::new())
}

fn usage(raw: &str) -> Said {
    let Ok(usage) = Usage::parse(raw) else {
        return (Some(raw.to_owned()), vec!["It cannot be read.".into()]);
    };
    let known = [TRAIN_AI, SEARCH].into_iter().filter_map(|label| Some((label, usage.get(label)?)));
    let others = usage.stated().filter(|(label, _)| ![TRAIN_AI, SEARCH].contains(label));
    let signals = usage.signals().map(|signal| format!("Stated as a condition: {signal}."));
    let words: Vec<String> =
        known.chain(others).map(|(label, yes)| preference(label, yes)).chain(signals).collect();
    if words.is_empty() {
        let silent = "You neither allow nor forbid the training of AI models: the licence decides.";
        return (Some("none".into()), vec![silent.into()]);
    }
    (Some(raw.to_owned()), words)
}

fn preference(label: &str, yes: bool) -> String {
    let verb = if yes { "allow" } else { "forbid" };
    let sign = if yes { "y" } else { "n" };
    match label {
        TRAIN_AI => format!("You {verb} the training of AI models on it ({label}={sign})."),
        SEARCH => format!("You {verb} search engines to find and show it ({label}={sign})."),
        _ => format!("Also stated: {label}={sign}."),
    }
}

fn attribution(attribution: &Attribution) -> Said {
    let (value, words): (String, &[&str]) = match attribution {
        Attribution::Name(name) => (
            format!("\"{name}\""),
            &["It is signed by your key in this community: anyone can see which chats were given \
               under that key, and this name beside them."],
        ),
        Attribution::None => (
            "none".into(),
            &[
                "It is signed by a key made for this chat alone: nobody else can link it to you or \
                 to another chat by its signature.",
                "The community's node sees that you send it, and keeps only a keyed mark that lets \
                 it know the same chat again.",
                "What you wrote in it, its labels and when it arrives may still tell who you are.",
            ],
        ),
    };
    (Some(value), words.iter().map(|&words| words.to_owned()).collect())
}

fn expiry(consent: &Consent) -> Said {
    match consent.due {
        Some(day) => {
            let words = "Every node that holds it must erase it when that day has ended.".into();
            (Some(format!("{day} (UTC)")), vec![words])
        }
        None => (Some("none".into()), vec!["It stays until you take it back.".into()]),
    }
}

/// Labels in a few words.
pub fn label_words(labels: &Labels) -> String {
    let verdict = labels.verdict.map(|verdict| match verdict {
        Verdict::Good => "good".to_owned(),
        Verdict::Bad => "bad".to_owned(),
        Verdict::Interesting => "interesting".to_owned(),
    });
    let list = |what: &str, words: &[String]| {
        (!words.is_empty()).then(|| format!("{what} {}", words.join(", ")))
    };
    let said = [verdict, list("tagged", &labels.tags), list("in", &labels.languages)];
    match said.into_iter().flatten().collect::<Vec<_>>() {
        said if said.is_empty() => "none".into(),
        said => said.join("; "),
    }
}

/// What was found that is private, and what became of it, of one chat or of several together.
pub fn private_words<'a>(scrubbed: impl IntoIterator<Item = &'a Scrubbed>) -> String {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for found in scrubbed {
        let (masked, kept) = counts.entry(&found.kind).or_default();
        *masked += u64::from(found.masked);
        *kept += u64::from(found.kept);
    }
    let of = |what: &str, count: fn((u64, u64)) -> u64| {
        let counted = counts.iter().map(|(kind, both)| (private_kind_words(kind), count(*both)));
        let found = counted.filter(|(_, times)| *times > 0);
        let words: Vec<String> = found.map(|(words, times)| format!("{words} ({times})")).collect();
        (!words.is_empty()).then(|| format!("{what} {}", words.join(", ")))
    };
    let said = [of("masked:", |(masked, _)| masked), of("left as they are:", |(_, kept)| kept)];
    match said.into_iter().flatten().collect::<Vec<_>>() {
        said if said.is_empty() => "nothing was found".into(),
        said => said.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sheaf_protocol::policy::Preset;
    use sheaf_protocol::time::Day;
    use sheaf_protocol::usage::VOCABULARY;

    fn consent() -> Consent {
        Consent {
            licence: "CC-BY-4.0".into(),
            usage: String::new(),
            vocabulary: VOCABULARY.into(),
            attribution: Attribution::None,
            due: None,
        }
    }

    #[test]
    fn a_preference_is_said_in_words() {
        let words = |raw| usage(raw).1;
        assert_eq!(
            words("train-ai=n, search=y"),
            [
                "You forbid the training of AI models on it (train-ai=n).",
                "You allow search engines to find and show it (search=y)."
            ]
        );
        assert!(words("")[0].contains("neither allow nor forbid"), "silence is said to be silence");
    }

    #[test]
    fn every_rule_of_a_policy_on_what_is_given_stands_beside_a_term() {
        let policy = Policy {
            must_allow: vec!["train-ai".into()],
            usage: "search=n".into(),
            ..Policy::preset(Preset::Circle)
        };
        let beside: Vec<String> = terms(&policy, &consent(), &Labels::default())
            .into_iter()
            .flat_map(|term| term.policy)
            .collect();
        let about_chats = |topic: &Topic| !matches!(topic, Topic::Joining | Topic::Size);
        let said = Topic::ALL.into_iter().filter(about_chats);
        let said: Vec<String> = said.flat_map(|topic| policy.sentences_on(topic)).collect();
        assert_eq!(beside, said, "and in the same order");
    }

    #[test]
    fn the_words_follow_what_is_signed() {
        let policy = Policy::preset(Preset::Open);
        let say = |consent: &Consent, labels: &Labels| shown("Tea", &policy, consent, labels);
        let plain = say(&consent(), &Labels::default());
        let labels = Labels {
            verdict: Some(Verdict::Good),
            languages: vec!["de".into(), "en".into()],
            ..Labels::default()
        };
        for other in [
            say(&Consent { licence: "CC0-1.0".into(), ..consent() }, &Labels::default()),
            say(&Consent { usage: "search=n".into(), ..consent() }, &Labels::default()),
            say(
                &Consent { attribution: Attribution::Name("a".into()), ..consent() },
                &Labels::default(),
            ),
            say(&Consent { due: Some(Day(21_000)), ..consent() }, &Labels::default()),
            say(&consent(), &labels),
        ] {
            assert_ne!(plain, other);
        }
        assert_eq!(label_words(&labels), "good; in de, en");
        let of = |kind: &str, masked, kept| Scrubbed { kind: kind.into(), masked, kept };
        let scrubbed = [of("email", 2, 0), of("person", 0, 1), of("email", 1, 1)];
        assert_eq!(
            private_words(&scrubbed),
            "masked: e-mail addresses (3); left as they are: e-mail addresses (1), names of people (1)"
        );
        assert_eq!(private_words(&[]), "nothing was found");
        assert!(plain.iter().any(|words| words.contains("cannot be recalled")), "{plain:?}");
        assert!(plain.iter().any(|words| words.contains("stewards")), "{plain:?}");
    }
}
