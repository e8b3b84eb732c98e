//! What is private in the chats that are to be given: masked, put in other words, kept knowingly, or
//! the chat held back. One step, before anything is shown or signed, that the member may come back
//! to.

mod apply;
mod args;
mod list;
mod plan;
mod typed;
mod view;

pub(super) use apply::{Held, Ready};
pub(crate) use args::Private;
pub(super) use plan::Wants;

use crate::chosen::Chosen;
use crate::context::Context;
use crate::error::{CliError, OrFail as _};
use crate::progress::Progress;
use crate::prompt;
use crate::scrubber::{Asker, Scrubbers};
use apply::{Applied, Scanned, apply, longer, scan};
use args::wrong_line;
use list::List;
use plan::{Plan, Problem};
use sheaf_node::plugin::Plugin;
use sheaf_node::scrub::{Scanner, Text};
use sheaf_protocol::policy::Policy;
use typed::{Change, What, change};
use view::View;

/// What a member types to share secrets.
const SHARE_SECRETS: &str = "share my secrets";

/// What was said beforehand of single values, each with the number of its line.
pub(super) struct Edits(Vec<(usize, Change)>);

/// Whether the member is asked.
pub(super) enum Asks {
    /// If anything was found, unless all was said beforehand.
    IfFound,
    /// They want to change something.
    Always,
    /// If not the same comes out that they saw before.
    Unless(Vec<Ready>),
}

/// What came of it.
pub(super) struct Scrubbed {
    pub(super) ready: Vec<Ready>,
    pub(super) held: Vec<Held>,
}

/// The step under way.
pub(super) struct Step<'a> {
    pub(super) cx: &'a Context,
    pub(super) edits: &'a Edits,
    /// Another scrubber that is asked, too.
    pub(super) scrubber: Option<&'a Plugin>,
    pub(super) policy: &'a Policy,
    /// Whether somebody is to be asked at all.
    pub(super) asks: bool,
}

/// What is looked at.
struct Looked {
    scanner: Scanner,
    scanned: Vec<Scanned>,
    list: List,
    applied: Applied,
}

impl Step<'_> {
    /// Looks for what is private, shows what is done about it, and asks. `None` if the member wants
    /// nothing of it.
    ///
    /// # Errors
    /// Where nobody can answer; if what was said beforehand makes no sense.
    pub(super) async fn run(
        &self,
        wants: &mut Wants,
        chosen: Vec<Chosen>,
        asks: Asks,
    ) -> Result<Option<Scrubbed>, CliError> {
        let mut looked = self.look(wants, chosen).await?;
        if looked.scanned.is_empty() {
            return Ok(Some(looked.done()));
        }
        self.begin(wants, &mut looked)?;
        wants.number(looked.list.values());
        let asked = match &asks {
            Asks::Unless(before) if is_same(before, &looked.applied.ready) => {
                return Ok(Some(looked.done()));
            }
            Asks::IfFound => !looked.list.is_empty(),
            Asks::Always | Asks::Unless(_) => true,
        };
        if self.asks || !self.cx.out.quiet {
            self.cx.out.show(|page| looked.view(self).whole(page));
        }
        if !(asked && self.asks) || self.ask(wants, &mut looked).await? {
            return Ok(Some(looked.done()));
        }
        Ok(None)
    }

    /// What would come of chats that nobody is asked about.
    ///
    /// # Errors
    /// If they cannot be looked through.
    pub(super) async fn quietly(
        &self,
        wants: &Wants,
        chosen: Vec<Chosen>,
    ) -> Result<Scrubbed, CliError> {
        match chosen.is_empty() {
            true => Ok(Scrubbed { ready: Vec::new(), held: Vec::new() }),
            false => self.look(wants, chosen).await.map(Looked::done),
        }
    }

    async fn look(&self, wants: &Wants, chosen: Vec<Chosen>) -> Result<Looked, CliError> {
        let _waiting = Progress::spinner(&self.cx.out, "looking for what is private");
        let (asker, answering) = self.scrubber.map(Asker::to).unzip();
        let scrubbers = Scrubbers::new(asker, false);
        let looking = tokio::task::spawn_blocking(move || scan(&scrubbers, chosen));
        let answering = async {
            if let Some(answering) = answering {
                answering.await;
            }
        };
        let (looked, ()) = tokio::join!(looking, answering);
        let scanned = looked.or_fail("looking through the chats")??;
        let scanner = Scanner::new();
        let mut list = List::after(wants.numbers());
        let applied = apply(&scanned, &Plan { policy: self.policy, wants }, &mut list);
        list.order();
        Ok(Looked { scanner, scanned, list, applied })
    }

    /// Carries out what was said beforehand.
    fn begin(&self, wants: &mut Wants, looked: &mut Looked) -> Result<(), CliError> {
        let Edits(edits) = self.edits;
        if edits.is_empty() {
            return Ok(());
        }
        let mut texts = Vec::new();
        for (number, change) in edits {
            match wants.begin(change, (self.policy, &looked.list, &looked.scanner)) {
                Ok(()) => texts.extend(text_of(change).map(|text| (*number, text))),
                Err(Problem::NotFound) => self.cx.out.note(view::nowhere(Some(*number))),
                Err(Problem::Secrets(_) | Problem::SecretKind) => {
                    let problem = "secrets are kept with --keep-secrets only";
                    return Err(wrong_line("--edits", *number, problem));
                }
                Err(problem) => return Err(wrong_line("--edits", *number, &words(&problem))),
            }
        }
        looked.apply(self.policy, wants);
        for (number, text) in &texts {
            if !looked.list.has_any(&looked.list.written(text)) {
                self.cx.out.note(view::nowhere(Some(*number)));
            }
        }
        self.say_longer(looked, texts.iter().map(|(_, text)| *text));
        Ok(())
    }

    /// Asks until the member goes on (true) or wants nothing of it.
    async fn ask(&self, wants: &mut Wants, looked: &mut Looked) -> Result<bool, CliError> {
        let out = &self.cx.out;
        loop {
            let typed = prompt::ask(out, QUESTION, prompt::AGREE_BEFOREHAND).await?;
            match typed.to_lowercase().as_str() {
                "" | "y" | "yes" => return Ok(true),
                "n" | "no" | "q" => return Ok(false),
                "l" | "list" => {
                    prompt::read_paged(out, |page| looked.view(self).list(page)).await?;
                }
                "?" | "help" => out.show(view::help),
                SHARE_SECRETS => {
                    wants.share_secrets();
                    self.changed(wants, looked);
                }
                _ => match change(&typed, looked.list.len()) {
                    Ok(change) => self.take(wants, looked, &change).await?,
                    Err(problem) => out.show(|page| view::problem(page, &problem)),
                },
            }
        }
    }

    async fn take(
        &self,
        wants: &mut Wants,
        looked: &mut Looked,
        change: &Change,
    ) -> Result<(), CliError> {
        let out = &self.cx.out;
        match wants.take(change, (self.policy, &looked.list, &looked.scanner)) {
            Ok(()) => {}
            Err(Problem::Secrets(secrets)) => {
                let typed = prompt::ask(out, SECRET_QUESTION, prompt::AGREE_BEFOREHAND).await?;
                if typed != SHARE_SECRETS {
                    out.show(|page| page.line("It stays as it was."));
                    return Ok(());
                }
                wants.share(secrets);
            }
            Err(problem) => {
                out.show(|page| view::problem(page, &words(&problem)));
                return Ok(());
            }
        }
        self.changed(wants, looked);
        if let Some(text) = text_of(change) {
            if !looked.list.has_any(&looked.list.written(text)) {
                out.note(view::nowhere(None));
            }
            self.say_longer(looked, [text].into_iter());
        }
        Ok(())
    }

    /// Carries out what was changed, and shows what is something else by it.
    fn changed(&self, wants: &mut Wants, looked: &mut Looked) {
        let before: Vec<_> = looked.list.lines().cloned().collect();
        let chats = (looked.applied.held.len() as u64, looked.applied.waiting);
        looked.apply(self.policy, wants);
        wants.number(looked.list.values());
        self.cx.out.show(|page| looked.view(self).changes(page, &before, chats));
    }

    /// Says where texts stand that were not taken for them.
    fn say_longer<'t>(&self, looked: &Looked, texts: impl Iterator<Item = &'t str>) {
        let value = |text: &str| looked.list.written(text).into_iter().next();
        let texts: Vec<Text> = texts.filter_map(|text| Text::new(text, value(text)?)).collect();
        let words = longer(&looked.scanned, &texts);
        if !words.is_empty() && (self.asks || !self.cx.out.quiet) {
            self.cx.out.show(|page| view::longer_words(page, &words));
        }
    }
}

const QUESTION: &str = "Go on so? [Enter; a number or a kind to change it; l for all, ? for more]";
const SECRET_QUESTION: &str = "This is a secret. To share it as it is, type: share my secrets;";

impl Looked {
    fn apply(&mut self, policy: &Policy, wants: &Wants) {
        let plan = Plan { policy, wants };
        let (scanned, list) = (&self.scanned, &mut self.list);
        self.applied = tokio::task::block_in_place(|| apply(scanned, &plan, list));
    }

    fn view<'v>(&'v self, step: &'v Step<'_>) -> View<'v> {
        View {
            chats: self.scanned.len() as u64,
            held: self.applied.held.len() as u64,
            waiting: self.applied.waiting,
            fates: &self.applied.fates,
            list: &self.list,
            flagged: &step.policy.flag,
            asks: step.asks,
        }
    }

    fn done(self) -> Scrubbed {
        Scrubbed { ready: self.applied.ready, held: self.applied.held }
    }
}

/// The text that a change is about, if it is to give way.
fn text_of(change: &Change) -> Option<&str> {
    match change {
        Change::Mask(What::Text(text), _) | Change::Words(What::Text(text), _) => Some(text),
        _ => None,
    }
}

fn words(problem: &Problem) -> String {
    match problem {
        Problem::Secrets(_) | Problem::SecretKind => {
            format!("to give secrets as they are, type: {SHARE_SECRETS}")
        }
        Problem::NotFound => "this was not found: it stays as it is".into(),
        Problem::Said(problem) => problem.clone(),
    }
}

/// Whether the same would be shared.
fn is_same(before: &[Ready], now: &[Ready]) -> bool {
    let same = |one: &Ready, other: &Ready| {
        one.shared.chat == other.shared.chat && one.scrubbed == other.scrubbed
    };
    before.len() == now.len() && before.iter().zip(now).all(|(one, other)| same(one, other))
}
