//! What is private in the chats that are to be given: masked, kept knowingly, or the chat left out.
//! One step, before anything is shown or signed.

use super::result::Outcome;
use crate::chosen::Chosen;
use crate::context::Context;
use crate::error::{CliError, OrFail as _};
use crate::output::Page;
use crate::preview::{Handled, ScrubPage, show_scrubbed};
use crate::progress::Progress;
use crate::prompt;
use crate::text::count;
use sheaf_node::import::Imported;
use sheaf_node::scrub::{Change, ChatFind, Class, Kind, Scanner, mask, scan_chat};
use sheaf_protocol::policy::Policy;
use sheaf_protocol::statement::Scrubbed;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a member types to share secrets.
const SHARE_SECRETS: &str = "share my secrets";

/// What becomes of what is private.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Private {
    /// Mask what is found of this kind, such as person or api-key; "secrets" is every kind of secret
    /// (may be given several times) [default: what the community's policy masks]
    #[arg(long, value_name = "KIND", value_parser = named, help_heading = "What is private")]
    mask: Vec<Named>,
    /// Leave what is found of this kind as it is, such as email (may be given several times)
    #[arg(long, value_name = "KIND", value_parser = personal, help_heading = "What is private")]
    keep: Vec<Kind>,
    /// Give chats with secrets that are not masked: say "share my secrets"
    #[arg(long, value_name = "WORDS", value_parser = [SHARE_SECRETS], help_heading = "What is private")]
    keep_secrets: Option<String>,
}

/// Kinds by one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Secrets,
    Kind(Kind),
}

fn named(word: &str) -> Result<Named, String> {
    let kind = || Kind::LOOKED_FOR.into_iter().find(|kind| kind.name() == word);
    match word {
        "secrets" => Ok(Named::Secrets),
        _ => kind().map(Named::Kind).ok_or_else(|| {
            let kinds = Kind::LOOKED_FOR.map(|kind| kind.name()).join(", ");
            format!("no such kind; there are {kinds}")
        }),
    }
}

fn personal(word: &str) -> Result<Kind, String> {
    match named(word)? {
        Named::Kind(kind) if kind.class() == Class::Personal => Ok(kind),
        _ => Err("secrets are kept with --keep-secrets only".into()),
    }
}

/// Which kinds are masked, and whether the rest of the secrets may go out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    masked: BTreeSet<Kind>,
    shares_secrets: bool,
}

impl Plan {
    /// What the policy masks, as the member's arguments change it.
    fn of(args: &Private, policy: &Policy) -> Self {
        let masked = policy.mask.iter().filter_map(|name| Kind::from_name(name));
        let mut plan = Self {
            masked: masked.map(Kind::family).collect(),
            shares_secrets: args.keep_secrets.is_some(),
        };
        args.mask.iter().for_each(|named| plan.mask(*named));
        plan.masked.retain(|kind| !args.keep.contains(kind));
        plan
    }

    fn mask(&mut self, named: Named) {
        let secret = |kind: &Kind| kind.class() == Class::Secret;
        match named {
            Named::Secrets => self.masked.extend(Kind::LOOKED_FOR.into_iter().filter(secret)),
            Named::Kind(kind) => self.masked.extend([kind]),
        }
    }

    fn masks(&self, kind: Kind) -> bool {
        self.masked.contains(&kind.family())
    }

    fn handles(&self, kind: Kind) -> Handled {
        match (self.masks(kind), kind.class()) {
            (true, _) => Handled::Masked,
            (false, Class::Secret) if !self.shares_secrets => Handled::LeftOut,
            (false, _) => Handled::Kept,
        }
    }

    /// What a typed word changes: masks a kind that is kept, keeps one that is masked.
    fn take(&mut self, typed: &str) -> Result<(), String> {
        if typed == SHARE_SECRETS {
            self.shares_secrets = true;
            return Ok(());
        }
        match named(typed)? {
            Named::Kind(kind) if self.masked.remove(&kind) => {}
            named => self.mask(named),
        }
        Ok(())
    }
}

/// A chat, and what is private in it.
struct Scanned {
    chosen: Chosen,
    finds: Vec<ChatFind>,
}

/// Chats as they are to be given, and what was done for it.
#[derive(Default)]
struct Applied {
    chosen: Vec<Chosen>,
    changes: Vec<Change>,
    /// Titles of chats that hold secrets, and the kinds of these.
    left_out: Vec<(Option<String>, BTreeSet<Kind>)>,
}

/// Looks for what is private, shows what is done about it, and asks unless it was said beforehand.
///
/// # Errors
/// Where nobody can answer.
pub(super) async fn scrub(
    cx: &Context,
    (args, policy, asks): (&Private, &Policy, bool),
    chosen: Vec<Chosen>,
    outcome: &mut Outcome,
) -> Result<Vec<Chosen>, CliError> {
    let scanned = {
        let _waiting = Progress::spinner(&cx.out, "looking for what is private");
        tokio::task::spawn_blocking(move || scan(chosen))
            .await
            .or_fail("looking through the chats")?
    };
    let mut plan = Plan::of(args, policy);
    let found = counts(&scanned);
    let mut applied = apply(&scanned, &plan);
    loop {
        if asks || !cx.out.quiet {
            cx.out.show(|page| page_of(page, &scanned, &found, &plan, &applied, false));
        }
        if !asks || found.is_empty() {
            break;
        }
        let typed = prompt::ask(&cx.out, QUESTION, prompt::AGREE_BEFOREHAND).await?;
        match typed.trim() {
            "" | "y" | "yes" => break,
            "l" | "list" => {
                let whole =
                    |page: &mut Page| page_of(page, &scanned, &found, &plan, &applied, true);
                prompt::read_paged(&cx.out, whole).await?;
            }
            word => match plan.take(word) {
                Ok(()) => applied = apply(&scanned, &plan),
                Err(problem) => cx.out.show(|page| help(page, word, &problem)),
            },
        }
    }
    for (title, kinds) in applied.left_out {
        let kinds: Vec<_> = kinds.iter().map(ToString::to_string).collect();
        outcome.holds_secrets(title, &kinds.join(", "));
    }
    Ok(applied.chosen)
}

const QUESTION: &str = "Go on so? [Enter; a kind to mask or keep it; l for all, ? for more]";

fn help(page: &mut Page, word: &str, problem: &str) {
    if !matches!(word, "?" | "help") {
        page.line(page.style.yellow(problem));
    }
    for (typed, does) in [
        ("Enter", "goes on as shown; what will be shared is shown once more before you sign"),
        ("email, …", "keeps what of this kind is masked, or masks what is kept"),
        ("secrets", "masks every secret"),
        (SHARE_SECRETS, "gives the chats with their secrets as they are"),
        ("l", "lists everything that is masked, before and after"),
    ] {
        page.field(typed, does);
    }
}

fn scan(chosen: Vec<Chosen>) -> Vec<Scanned> {
    let scanner = Scanner::new();
    let scan = |chosen: Chosen| {
        let finds = scan_chat(&scanner, &chosen.chat.chat);
        Scanned { chosen, finds }
    };
    chosen.into_iter().map(scan).collect()
}

/// How often each kind was found.
fn counts(scanned: &[Scanned]) -> BTreeMap<Kind, u64> {
    let mut counts = BTreeMap::new();
    let whole = |find: &&ChatFind| !find.continues;
    for find in scanned.iter().flat_map(|scanned| &scanned.finds).filter(whole) {
        *counts.entry(find.span.kind.family()).or_default() += 1;
    }
    counts
}

fn apply(scanned: &[Scanned], plan: &Plan) -> Applied {
    let mut applied = Applied::default();
    for Scanned { chosen, finds: all } in scanned {
        let handled = |handled: Handled| {
            all.iter().filter(move |find| plan.handles(find.span.kind) == handled).cloned()
        };
        let secrets: BTreeSet<Kind> =
            handled(Handled::LeftOut).map(|find| find.span.kind).collect();
        if !secrets.is_empty() {
            applied.left_out.push((chosen.chat.chat.title.clone(), secrets));
            continue;
        }
        let finds: Vec<_> = handled(Handled::Masked).collect();
        let mut chosen = chosen.clone();
        chosen.scrubbed = scrubbed(all, plan);
        if !finds.is_empty() {
            let Imported { source_id, position, chat } = &*chosen.chat;
            let masked = mask(chat, &finds);
            applied.changes.extend(masked.changes);
            let (source_id, position) = (source_id.clone(), *position);
            chosen.chat = Arc::new(Imported { source_id, position, chat: masked.chat });
        }
        applied.chosen.push(chosen);
    }
    applied
}

/// What a manifest says of it: kinds and counts.
fn scrubbed(finds: &[ChatFind], plan: &Plan) -> Vec<Scrubbed> {
    let mut counts: BTreeMap<String, Scrubbed> = BTreeMap::new();
    for find in finds.iter().filter(|find| !find.continues) {
        let kind = find.span.kind.family().name().into_owned();
        let none = Scrubbed { kind: kind.clone(), masked: 0, kept: 0 };
        let count = counts.entry(kind).or_insert(none);
        match plan.masks(find.span.kind) {
            true => count.masked = count.masked.saturating_add(1),
            false => count.kept = count.kept.saturating_add(1),
        }
    }
    counts.into_values().collect()
}

fn page_of(
    page: &mut Page,
    scanned: &[Scanned],
    found: &BTreeMap<Kind, u64>,
    plan: &Plan,
    applied: &Applied,
    is_whole: bool,
) {
    let kinds = found.iter().map(|(kind, times)| (*kind, *times, plan.handles(*kind)));
    show_scrubbed(
        page,
        &ScrubPage {
            chats: count(scanned.len() as u64, "chat"),
            kinds: kinds.collect(),
            changes: &applied.changes,
            left_out: applied.left_out.len() as u64,
            is_whole,
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use sheaf_protocol::chat::{Chat, Message, Part, Role};
    use sheaf_protocol::policy::Preset;

    fn plan() -> Plan {
        Plan::of(&Private::default(), &Policy::preset(Preset::Open))
    }

    #[test]
    fn a_community_decides_what_is_masked() {
        let policy = Policy { mask: vec!["person".into()], ..Policy::preset(Preset::Open) };
        let plan = Plan::of(&Private::default(), &policy);
        assert_eq!(plan.handles(Kind::Person), Handled::Masked);
        assert_eq!(plan.handles(Kind::Email), Handled::Kept);
    }

    #[test]
    fn what_is_counted_is_sorted_and_says_no_value() {
        let scanner = Scanner::new();
        let text = "ann@example.org or bob@example.org, from 84.17.45.12";
        let chat = Chat {
            messages: vec![Message::new(Role::User, None, vec![Part::text(text)])],
            ..Chat::default()
        };
        let mut plan = plan();
        plan.take("ip").unwrap();
        let counted = scrubbed(&scan_chat(&scanner, &chat), &plan);
        let of = |kind: &str, masked, kept| Scrubbed { kind: kind.into(), masked, kept };
        assert_eq!(counted, [of("email", 2, 0), of("ip", 0, 1)]);
    }

    #[test]
    fn secrets_block_until_they_are_masked_or_the_words_are_typed() {
        let mut plan = plan();
        assert_eq!(plan.handles(Kind::ApiKey), Handled::LeftOut, "by default");
        assert_eq!(plan.handles(Kind::Email), Handled::Masked);
        assert_eq!(plan.handles(Kind::Person), Handled::Kept, "names are shown, and left");
        plan.take("api-key").unwrap();
        assert_eq!(plan.handles(Kind::ApiKey), Handled::Masked);
        assert_eq!(plan.handles(Kind::Password), Handled::LeftOut);
        assert!(plan.take("share secrets").is_err(), "only the very words");
        plan.take(SHARE_SECRETS).unwrap();
        assert_eq!(plan.handles(Kind::Password), Handled::Kept);
        assert_eq!(plan.handles(Kind::ApiKey), Handled::Masked, "what is masked stays so");
    }

    #[test]
    fn a_kind_that_is_typed_again_is_as_it_was() {
        let before = plan();
        let mut plan = before.clone();
        plan.take("email").unwrap();
        assert_eq!(plan.handles(Kind::Email), Handled::Kept);
        plan.take("email").unwrap();
        assert_eq!(plan, before);
    }

    #[test]
    fn a_secret_is_no_kind_to_keep_in_passing() {
        assert!(personal("password").is_err() && personal("secrets").is_err());
        assert_eq!(personal("email"), Ok(Kind::Email));
    }
}
