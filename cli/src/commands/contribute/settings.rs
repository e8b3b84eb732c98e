//! What a member decides: what they ask for, else as last time, else as the policy suggests; and
//! where each came from, for the screen says so each time.

use super::args::{Args, LastDay};
use crate::error::CliError;
use crate::preview::Origin;
use sheaf_node::book::{Choices, CommunityBook, Keep};
use sheaf_node::flow::contribute::{About, Said, Settings};
use sheaf_protocol::policy::Policy;
use sheaf_protocol::statement::{Attribution, Verdict};
use sheaf_protocol::time::Day;
use sheaf_protocol::usage::Usage;

/// What a member asks for in this run. Verdict, tags and languages are about chats, not about the
/// member: they are never remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wishes {
    pub(super) licence: Option<String>,
    pub(super) usage: Option<String>,
    pub(super) attribution: Option<Attribution>,
    /// `Some(None)`: as long as the policy allows.
    pub(super) keep: Option<Option<Keep>>,
    pub(super) verdict: Option<Verdict>,
    pub(super) tags: Vec<String>,
    pub(super) languages: Vec<String>,
    /// To give chats again that were given before with something else masked.
    pub(super) again: bool,
}

impl From<&Args> for Wishes {
    fn from(args: &Args) -> Self {
        let days = args.keep_days.map(|days| Some(Keep::Days(days)));
        Self {
            licence: args.licence.clone(),
            usage: args.usage.clone(),
            attribution: args.attribution.as_deref().map(named),
            keep: args.due.map(|LastDay(keep)| keep).or(days),
            verdict: args.verdict.map(Verdict::from),
            tags: args.tag.clone(),
            languages: args.language.clone(),
            again: args.again,
        }
    }
}

impl Wishes {
    /// What is said about one chat: what was chosen for it alone, and what holds for all.
    pub(super) fn said(&self, verdict: Option<Verdict>, tags: &[String], told: &[String]) -> Said {
        let languages = if self.languages.is_empty() { told } else { &self.languages };
        Said {
            verdict: verdict.or(self.verdict),
            tags: self.tags.iter().chain(tags).cloned().collect(),
            languages: languages.to_vec(),
            ..Said::default()
        }
    }
}

/// A name, or "none".
pub(super) fn named(text: &str) -> Attribution {
    match text {
        "none" => Attribution::None,
        name => Attribution::Name(name.to_owned()),
    }
}

/// What holds for all chats of a run, and where it came from.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    pub(super) settings: Settings,
    licence: Origin,
    usage: Origin,
    attribution: Origin,
    expiry: Origin,
}

impl Decided {
    /// # Errors
    /// If the preference that was asked for cannot be read.
    pub(super) fn by(
        wishes: &Wishes,
        last: Option<&Choices>,
        policy: &Policy,
        today: Day,
    ) -> Result<Self, CliError> {
        let first = policy.licences.first().cloned().unwrap_or_default();
        let (licence, licence_from) =
            either(wishes.licence.clone(), last.map(|l| l.licence.clone()), (first, Origin::First));
        let (usage, usage_from) = either(
            wishes.usage.clone(),
            last.map(|l| l.usage.clone()),
            (String::new(), Origin::Unsaid),
        );
        check_usage(&usage)?;
        let (attribution, attribution_from) = either(
            wishes.attribution.clone(),
            last.map(|l| l.attribution.clone()),
            (Attribution::None, Origin::Unsaid),
        );
        let last_keep = last.and_then(|last| last.keep).map(Some);
        let (keep, mut expiry) = either(wishes.keep, last_keep, (None, Origin::Allowed));
        let longest = policy.age_days_max.map(|days| Keep::Days(days).last_day(today));
        let mut due = keep.map(|keep| keep.last_day(today)).or(longest);
        // What was asked for in this run is never changed: the policy refuses it, and says why.
        if expiry == Origin::LastTime && longest.is_some() && due > longest {
            (due, expiry) = (longest, Origin::Shortened);
        }
        Ok(Self {
            settings: Settings { choices: Choices { licence, usage, attribution, keep }, due },
            licence: licence_from,
            usage: usage_from,
            attribution: attribution_from,
            expiry,
        })
    }

    /// Where the value of a term comes from; nowhere, where there is nothing to decide for all.
    pub(super) fn origin(&self, about: About) -> Option<Origin> {
        match about {
            About::Licence => Some(self.licence),
            About::Usage => Some(self.usage),
            About::Attribution => Some(self.attribution),
            About::Expiry => Some(self.expiry),
            About::Labels | About::Private | About::Readers | About::TakingBack => None,
        }
    }
}

fn either<T>(asked: Option<T>, last: Option<T>, otherwise: (T, Origin)) -> (T, Origin) {
    match (asked, last) {
        (Some(asked), _) => (asked, Origin::Asked),
        (None, Some(last)) => (last, Origin::LastTime),
        (None, None) => otherwise,
    }
}

fn check_usage(usage: &str) -> Result<(), CliError> {
    read_usage(usage).map_err(|problem| {
        CliError::usage(format!("--usage {usage:?}: {problem}"))
            .hint("write it like this: --usage \"train-ai=y, search=n\"")
    })
}

/// Whether a preference can be read, and says what its member meant: readers pass over `train-ai=no`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read_usage(usage: &str) -> Result<(), String> {
    Usage::parse(usage).map_err(|error| error.to_string())?;
    let is_known = |part: &str| part.starts_with("train-") || part.starts_with("search");
    let says = |part: &str| Usage::parse(part).is_ok_and(|usage| usage.stated().next().is_some());
    match usage.split(',').map(str::trim).find(|part| is_known(part) && !says(part)) {
        Some(part) => Err(format!("{part} is neither =y nor =n, and would say nothing")),
        None => Ok(()),
    }
}

/// Remembers the choices for this community.
pub(super) fn remember(book: &CommunityBook, choices: &Choices) -> Result<(), CliError> {
    if let Some(known) = book.known()? {
        let choices = Some(choices.clone());
        book.remember(&sheaf_node::book::Known { choices, ..known })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sheaf_protocol::policy::Preset;

    const TODAY: Day = Day(20_000);

    fn decided(wishes: &Wishes, last: Option<&Choices>, policy: Preset) -> Decided {
        Decided::by(wishes, last, &Policy::preset(policy), TODAY).unwrap()
    }

    fn last(keep: Option<Keep>) -> Choices {
        Choices {
            licence: "CC0-1.0".into(),
            usage: "train-ai=n".into(),
            attribution: Attribution::Name("Alice".into()),
            keep,
        }
    }

    #[test]
    fn each_setting_says_where_it_comes_from() {
        let nothing = Wishes::default();
        let first = decided(&nothing, None, Preset::Open);
        assert_eq!(first.settings.choices.licence, "CC-BY-4.0");
        assert_eq!(first.origin(About::Licence), Some(Origin::First));
        assert_eq!(first.origin(About::Usage), Some(Origin::Unsaid));
        assert_eq!(
            (first.settings.due, first.origin(About::Expiry)),
            (None, Some(Origin::Allowed))
        );

        let last = last(None);
        let again = decided(&nothing, Some(&last), Preset::Open);
        assert_eq!(again.settings.choices, last);
        assert_eq!(again.origin(About::Attribution), Some(Origin::LastTime));

        let asked = Wishes { licence: Some("CC-BY-4.0".into()), ..Wishes::default() };
        let asked = decided(&asked, Some(&last), Preset::Open);
        assert_eq!(asked.settings.choices.licence, "CC-BY-4.0", "what is asked for now wins");
        assert_eq!(asked.origin(About::Licence), Some(Origin::Asked));
        assert_eq!(asked.settings.choices.usage, "train-ai=n", "the rest is as last time");
    }

    #[test]
    fn a_preference_that_would_say_nothing_is_refused() {
        for good in ["", "train-ai=y", "search=n, train-ai=n", "cc-cr, train-ai=n", "other=z"] {
            assert_eq!(read_usage(good), Ok(()), "{good}");
        }
        for bad in ["train-ai=no", "search=n, train-ai=maybe", "train-genai=N"] {
            assert!(read_usage(bad).unwrap_err().contains("neither"), "{bad}");
        }
        assert!(read_usage("train-ai=").is_err() && read_usage("train-ai").is_err());
    }

    #[test]
    fn a_last_day_is_remembered_as_a_number_of_days_and_never_beyond_the_policy() {
        let nothing = Wishes::default();
        let month = decided(&nothing, Some(&last(Some(Keep::Days(30)))), Preset::Circle);
        assert_eq!(month.settings.due, Some(Day(20_030)), "counted from today");
        let long = decided(&nothing, Some(&last(Some(Keep::Days(9_999)))), Preset::Circle);
        assert_eq!(long.settings.due, Some(Day(20_365)), "a stricter policy shortens it");
        assert_eq!(long.origin(About::Expiry), Some(Origin::Shortened), "and it is said");
        let asked = Wishes { keep: Some(Some(Keep::Days(9_999))), ..Wishes::default() };
        let asked = decided(&asked, None, Preset::Circle);
        assert_eq!(asked.settings.due, Some(Day(29_999)), "what was asked for is refused instead");
        let none = Wishes { keep: Some(None), ..Wishes::default() };
        let none = decided(&none, Some(&last(Some(Keep::Days(30)))), Preset::Open);
        assert_eq!((none.settings.due, none.settings.choices.keep), (None, None), "and taken back");
    }

    #[test]
    fn what_is_said_of_one_chat_comes_before_what_is_said_of_all() {
        let wishes =
            Wishes { verdict: Some(Verdict::Good), tags: vec!["all".into()], ..Wishes::default() };
        let told = ["de".to_owned()];
        let said = wishes.said(Some(Verdict::Bad), &["one".into()], &told);
        assert_eq!(said.verdict, Some(Verdict::Bad));
        assert_eq!(
            (said.tags.as_slice(), said.languages.as_slice()),
            (&["all".into(), "one".into()][..], &told[..])
        );
        let named = Wishes { languages: vec!["pt-BR".into()], ..wishes };
        assert_eq!(named.said(None, &[], &told).languages, ["pt-BR"], "--language is believed");
    }
}
