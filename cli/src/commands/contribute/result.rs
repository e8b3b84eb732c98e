//! What became of the chats.

use super::drafting::{Drafted, Drafting};
use super::given::{Given, GivenState};
use super::scrubbing::Held;
use crate::error::{CliError, Kind};
use crate::exports::Files;
use crate::output::{Page, Report};
use crate::preview::Origin;
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::client::CommunityInfo;
use sheaf_node::flow::contribute::{Term, terms};
use sheaf_protocol::id::CommunityId;

/// The result of `sheaf contribute`.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    community: CommunityId,
    name: String,
    dry_run: bool,
    pub(super) given: Vec<Given>,
    pub(super) refused: Vec<Refused>,
    /// Chats that stand in the files a second time.
    repeated: u64,
    /// In a dry run: the sentences that would be signed for the first chat.
    shown: Vec<String>,
    /// In a dry run: the terms as they were shown, each with what the policy says of it.
    terms: Vec<ShownTerm>,
    #[serde(flatten)]
    read: Files,
}

/// A term, and where its value comes from.
#[derive(Debug, Serialize)]
struct ShownTerm {
    #[serde(flatten)]
    term: Term,
    origin: Option<Origin>,
}

/// A chat that was not given.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Refused {
    title: Option<String>,
    reason: String,
}

impl Outcome {
    pub(super) fn new(info: &CommunityInfo, read: Files, dry_run: bool) -> Self {
        Self {
            community: info.id(),
            name: info.name().to_owned(),
            dry_run,
            given: Vec::new(),
            refused: Vec::new(),
            repeated: 0,
            shown: Vec::new(),
            terms: Vec::new(),
            read,
        }
    }

    /// Whether a chat went out under the settings of this run.
    pub(super) fn gave_something(&self) -> bool {
        self.given_now() > 0
    }

    /// Chats that went out under the settings of this run.
    pub(super) fn given_now(&self) -> u64 {
        use GivenState::{Arrived, Logged, Pending};
        let is_now = |given: &&Given| matches!(given.state, Logged | Pending | Arrived);
        self.given.iter().filter(is_now).count() as u64
    }

    /// Whether there is something to tell even if the member wants no more.
    pub(super) fn has_news(&self) -> bool {
        self.gave_something() || self.in_state(GivenState::Resumed) > 0
    }

    /// Notes what is not given, once it is known that the rest is.
    pub(super) fn left_out(&mut self, drafting: &mut Drafting) {
        self.given.append(&mut drafting.before);
        self.refused.append(&mut drafting.refused);
        self.repeated += std::mem::take(&mut drafting.repeated);
    }

    /// Notes the chats that are left out because of what they hold.
    pub(super) fn held_back(&mut self, held: &mut Vec<Held>) {
        self.refused.extend(held.drain(..).map(|Held { source, kinds }| {
            let kinds: Vec<_> = kinds.iter().map(ToString::to_string).collect();
            let kinds = kinds.join(", ");
            let reason = format!(
                "it holds secrets ({kinds}): remove them, or mask them with --mask secrets"
            );
            Refused::new(source.chat.chat.title.clone(), reason)
        }));
    }

    /// Notes what a dry run would give.
    pub(super) fn would_give(&mut self, info: &CommunityInfo, drafting: &Drafting) {
        if let Some(Drafted { draft, .. }) = drafting.drafted.first() {
            self.shown = draft.shown.clone();
            let shown = terms(info.policy(), &draft.consent, &draft.labels).into_iter();
            let shown =
                shown.map(|term| ShownTerm { origin: drafting.decided.origin(term.about), term });
            self.terms = shown.collect();
        }
        self.given.extend(drafting.drafted.iter().map(Given::would_be));
    }

    /// A failure, if everything was refused.
    ///
    /// # Errors
    /// [`Kind::Refused`].
    pub(super) fn verdict(&self) -> Result<(), CliError> {
        match self.refused.first() {
            Some(first) if self.given.is_empty() => {
                Err(CliError::new(Kind::Refused, format!("no chat was given: {}", first.reason))
                    .hint("`sheaf policy show` says what the community accepts"))
            }
            _ => Ok(()),
        }
    }

    fn in_state(&self, state: GivenState) -> u64 {
        self.given.iter().filter(|given| given.state == state).count() as u64
    }

    /// Sentences on what was done, and what was not.
    fn summary(&self, page: &mut Page) {
        let name = printable(&self.name);
        if self.repeated > 0 {
            let times = count(self.repeated, "time");
            page.line(format_args!("Chats that the files hold again ({times}) go once."));
        }
        for (state, words) in [
            (GivenState::GivenBefore, "was given before: nothing was done"),
            (GivenState::TakenBack, "was taken back before, and is not given again"),
        ] {
            if let number @ 1.. = self.in_state(state) {
                let words = if number == 1 { words.into() } else { plural(words) };
                page.line(format_args!("{} {words}.", count(number, "chat")));
            }
        }
        if self.given.iter().any(|given| given.other_masks) {
            page.line("Something else was masked in it then: --again gives it as it is now, too.");
        }
        if self.dry_run {
            let number = count(self.in_state(GivenState::WouldBeGiven), "chat");
            page.line(format_args!("Nothing was signed or sent. {number} would go to \"{name}\"."));
            return;
        }
        if let number @ 1.. = self.in_state(GivenState::Pending) {
            let (waits, it) = if number == 1 { ("waits", "it") } else { ("wait", "them") };
            let chats = count(number, "chat");
            page.line(format_args!("{chats} {waits} for review: a steward looks at {it} first."));
            page.aside(
                "`sheaf chats` shows when that is done, and `sheaf withdraw ID` takes one back.",
            );
        }
        let logged = self.in_state(GivenState::Logged) + self.in_state(GivenState::Resumed);
        if logged == 0 {
            page.line(format_args!("Nothing new is in the log of \"{name}\"."));
            return;
        }
        let done = format!("{} in the log of \"{name}\".", count(logged, "chat"));
        page.line(page.style.green(&done));
        if let Some(folder) = self.slips() {
            page.line("Your consent slips, to keep and to copy, lie in:");
            page.verbatim(format_args!("  {}", folder.display()));
            page.aside("`sheaf consent verify` checks them, without a network.");
        }
        page.aside("`sheaf chats` shows where they are; `sheaf withdraw ID` takes one back.");
    }

    fn slips(&self) -> Option<&std::path::Path> {
        self.given.iter().find_map(|given| given.slip.as_deref()?.parent())
    }
}

/// "was …" for several.
fn plural(words: &str) -> String {
    words
        .replace("was given", "were given")
        .replace("was taken", "were taken")
        .replace("is not", "are not")
}

impl Refused {
    pub(super) fn new(title: Option<String>, reason: impl ToString) -> Self {
        Self { title, reason: reason.to_string() }
    }

    pub(super) fn reason(&self) -> &str {
        &self.reason
    }
}

/// Chats that were refused one after another for the same reason.
fn refused_line(alike: &[Refused]) -> String {
    let reason = alike.first().map(|first| printable(&first.reason)).unwrap_or_default();
    match alike {
        [Refused { title: Some(title), .. }] => {
            format!("  not given: {}: {reason}", printable(title))
        }
        _ => format!("  not given: {}: {reason}", count(alike.len() as u64, "chat")),
    }
}

/// Chats that are named one by one; `--json` names all.
const NAMED_MAX: usize = 100;

impl Report for Outcome {
    fn page(&self, page: &mut Page) {
        self.read.page(page);
        self.given.iter().take(NAMED_MAX).for_each(|given| page.line(given.line()));
        if let unnamed @ 1.. = self.given.len().saturating_sub(NAMED_MAX) {
            page.aside(format_args!("  … and {} more", count(unnamed as u64, "chat")));
        }
        for alike in self.refused.chunk_by(|one, next| one.reason == next.reason) {
            let line = refused_line(alike);
            page.line(page.style.yellow(&line));
        }
        self.summary(page);
    }
}
