//! What a member decides: from the arguments, else as last time, else as the policy suggests.

use super::{Args, Outcome, VerdictName};
use crate::chosen::Chosen;
use crate::error::CliError;
use sheaf_node::book::{Choices, CommunityBook};
use sheaf_node::flow::contribute::{Said, Settings};
use sheaf_protocol::policy::Policy;
use sheaf_protocol::statement::{Attribution, Verdict};
use sheaf_protocol::time::Day;
use sheaf_protocol::usage::Usage;

pub(super) fn settings(
    args: &Args,
    book: &CommunityBook,
    policy: &Policy,
    today: Day,
) -> Result<Settings, CliError> {
    let last = book.known()?.and_then(|known| known.choices);
    let usage = args.usage.clone().or(last.as_ref().map(|last| last.usage.clone()));
    let usage = usage.unwrap_or_default();
    Usage::parse(&usage).map_err(|error| {
        CliError::usage(format!("--usage {usage:?}: {error}"))
            .hint("write it like this: --usage \"train-ai=y, search=n\"")
    })?;
    let choices = Choices {
        licence: licence(args, last.as_ref(), policy),
        usage,
        attribution: attribution(args, last.as_ref()),
    };
    Ok(Settings { choices, due: due(args, policy, today) })
}

/// What is said about one chat: what its member chose for it, and what holds for all.
pub(super) fn said(args: &Args, chosen: &Chosen) -> Said {
    Said {
        verdict: chosen.verdict.or(args.verdict.map(Verdict::from)),
        tags: args.tag.iter().chain(&chosen.tags).cloned().collect(),
        languages: args.language.clone(),
    }
}

/// Remembers the choices, once something was given under them.
pub(super) fn remember(
    book: &CommunityBook,
    settings: &Settings,
    outcome: &Outcome,
) -> Result<(), CliError> {
    if outcome.dry_run || outcome.given.is_empty() {
        return Ok(());
    }
    if let Some(known) = book.known()? {
        let choices = Some(settings.choices.clone());
        book.remember(&sheaf_node::book::Known { choices, ..known })?;
    }
    Ok(())
}

fn licence(args: &Args, last: Option<&Choices>, policy: &Policy) -> String {
    let remembered = last.map(|last| last.licence.clone());
    let suggested = || policy.licences.first().cloned().unwrap_or_default();
    args.licence.clone().or(remembered).unwrap_or_else(suggested)
}

fn attribution(args: &Args, last: Option<&Choices>) -> Attribution {
    match args.attribution.as_deref() {
        Some("none") => Attribution::None,
        Some(name) => Attribution::Name(name.to_owned()),
        None => last.map_or(Attribution::None, |last| last.attribution.clone()),
    }
}

fn due(args: &Args, policy: &Policy, today: Day) -> Option<Day> {
    let in_days = |days: u32| Day(today.0.saturating_add(days));
    args.due.or(args.keep_days.map(in_days)).or(policy.age_days_max.map(in_days))
}

impl From<VerdictName> for Verdict {
    fn from(name: VerdictName) -> Self {
        match name {
            VerdictName::Good => Self::Good,
            VerdictName::Bad => Self::Bad,
            VerdictName::Interesting => Self::Interesting,
        }
    }
}
