//! Chats on their way from being chosen to being given: shown, agreed to, sent, under as many
//! policies as come meanwhile. Who says no on the screen comes back to the list, if there was one.

use super::Args;
use super::asking::{Answer, Screen};
use super::choosing::{Choice, Judge};
use super::deliver::Delivery;
use super::drafting::{Drafting, Offer, Round, mark_of};
use super::result::Outcome;
use super::scrubbing::{Asks, Edits, Ready, Step, Wants};
use super::settings::{self, Decided, Wishes};
use crate::chosen::Chosen;
use crate::context::{Context, now};
use crate::error::{CliError, Kind, OrFail as _};
use crate::preview::Detail;
use crate::progress::Progress;
use crate::text::{count, printable};
use sheaf_node::book::Choices;
use sheaf_node::client::CommunityInfo;
use sheaf_node::flow::contribute::Contributor;
use sheaf_node::import::Imported;
use sheaf_node::plugin::Plugin;
use sheaf_protocol::statement::Attribution;

/// How giving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Everything that was agreed to is decided.
    Done,
    /// The member said no on the screen.
    Refused,
    /// The member left the list.
    Left,
}

impl Ended {
    /// What is said of a no.
    pub(super) fn error(self, outcome: &Outcome) -> CliError {
        let done = if outcome.has_news() { "nothing more was given" } else { "nothing was given" };
        let why = match self {
            Self::Left => "you left the list",
            Self::Done | Self::Refused => "the answer was no",
        };
        CliError::new(Kind::Declined, format!("{done}: {why}"))
    }
}

/// What the screen led to.
enum Agreement {
    Agreed(Drafting),
    Refused,
    /// There is nothing to sign.
    Nothing,
}

/// What a member asks for, which they may change on the way, and what became of it.
pub(super) struct Giving<'a> {
    pub(super) args: &'a Args,
    pub(super) delivery: &'a Delivery<'a>,
    pub(super) wishes: Wishes,
    /// What is to become of what is private.
    pub(super) wants: Wants,
    pub(super) edits: Edits,
    /// The member's own, beside Sheaf's.
    pub(super) scrubber: Option<Plugin>,
    pub(super) last: Option<Choices>,
    pub(super) outcome: Outcome,
    /// Whether the chats were chosen from a list, to which a no goes back.
    pub(super) has_list: bool,
}

impl Giving<'_> {
    /// Chooses, shows and gives, until all is decided or the member wants no more.
    pub(super) async fn run(
        &mut self,
        mut info: CommunityInfo,
        chats: Vec<Imported>,
    ) -> Result<Ended, CliError> {
        let mut choice = self.judge(&info)?.choice(self.args, chats).await?;
        while let Some(Choice { chosen, list }) = choice {
            self.has_list = list.is_some();
            let mut round = Round::new(info, chosen);
            let ended = match self.prepare(&mut round, Asks::IfFound).await? {
                true => self.give(&mut round).await?,
                false => Ended::Refused,
            };
            match (ended, list) {
                (Ended::Refused, Some(list)) => {
                    info = round.info;
                    choice = self.judge(&info)?.again(list).await?;
                }
                (ended, _) => return Ok(ended),
            }
        }
        Ok(Ended::Left)
    }

    /// Looks for what is private, until the member goes on; whether they do.
    async fn prepare(&mut self, round: &mut Round, asks: Asks) -> Result<bool, CliError> {
        let (cx, args) = (self.delivery.cx, self.args);
        let policy = round.info.policy();
        let (edits, scrubber) = (&self.edits, self.scrubber.as_ref());
        let step = Step { cx, edits, scrubber, policy, asks: args.asks() };
        let (known, new) = self.known(round)?;
        let Some(mut done) = step.run(&mut self.wants, new, asks).await? else {
            return Ok(false);
        };
        let known = step.quietly(&self.wants, known).await?;
        done.ready.extend(known.ready);
        (round.held, round.known) = (done.held, known.held);
        round.offers = tell_languages(cx, done.ready).await?;
        Ok(true)
    }

    /// Of the chosen chats those that were given before, about which nothing is asked, and the rest.
    fn known(&self, round: &Round) -> Result<(Vec<Chosen>, Vec<Chosen>), CliError> {
        if self.wishes.again {
            return Ok((Vec::new(), round.chosen.clone()));
        }
        let Delivery { person, book, .. } = self.delivery;
        let contributor = Contributor::new(book, &person.seed, &round.info)?;
        let is_known = |chosen: &Chosen| contributor.given_of(&mark_of(chosen)).is_some();
        Ok(tokio::task::block_in_place(|| round.chosen.iter().cloned().partition(is_known)))
    }

    /// Shows and gives, again under each policy that comes meanwhile.
    async fn give(&mut self, round: &mut Round) -> Result<Ended, CliError> {
        loop {
            let drafting = match self.agree(round).await? {
                Agreement::Agreed(drafting) => drafting,
                Agreement::Refused => return Ok(Ended::Refused),
                Agreement::Nothing => return Ok(Ended::Done),
            };
            let choices = drafting.decided.settings.choices.clone();
            let agreed = drafting.drafted.into_iter().map(|d| (d.draft, d.offer)).collect();
            let changed = self.delivery.deliver(&round.info, agreed, &mut self.outcome).await?;
            if self.outcome.gave_something() {
                settings::remember(self.delivery.book, &choices)?;
            }
            match changed {
                None => return Ok(Ended::Done),
                Some(_) if self.args.yes => return Err(policy_changed(&round.info)),
                Some(changed) => {
                    self.show_change(&round.info, &changed.info);
                    let seen: Vec<_> = changed.offers.into_iter().map(|o| o.ready).collect();
                    let chosen = seen.iter().map(|ready| ready.source.clone()).collect();
                    *round = Round::new(*changed.info, chosen);
                    if !self.prepare(round, Asks::Unless(seen)).await? {
                        return Ok(Ended::Refused);
                    }
                }
            }
        }
    }

    /// What decides which chats can be given, under what the member asks for by now.
    fn judge<'a>(&'a self, info: &'a CommunityInfo) -> Result<Judge<'a>, CliError> {
        let (wishes, last) = (&self.wishes, self.last.as_ref());
        let settings = Decided::by(wishes, last, info.policy(), now()?.day())?.settings;
        Ok(Judge { delivery: self.delivery, info, wishes, settings })
    }

    /// Shows what would be given until the member decides.
    async fn agree(&mut self, round: &mut Round) -> Result<Agreement, CliError> {
        let cx = self.delivery.cx;
        let under_key = self.under_key()?;
        let mut drafting = self.draft(round, &self.wishes)?;
        loop {
            if drafting.drafted.is_empty() {
                self.left_out(&mut drafting, round);
                return Ok(Agreement::Nothing);
            }
            let has_list = self.has_list;
            let screen = Screen { round, drafting: &drafting, under_key, has_list };
            if self.args.asks() || !cx.out.quiet {
                let detail = if self.args.full { Detail::Full } else { Detail::Short };
                cx.out.show(|page| screen.page(page, detail));
            }
            if self.args.dry_run {
                self.left_out(&mut drafting, round);
                self.outcome.would_give(&round.info, &drafting);
                return Ok(Agreement::Nothing);
            }
            let answer =
                if self.args.yes { Answer::Agreed } else { screen.ask(cx, &self.wishes).await? };
            match answer {
                Answer::Agreed => {
                    self.left_out(&mut drafting, round);
                    return Ok(Agreement::Agreed(drafting));
                }
                Answer::Refused => return Ok(Agreement::Refused),
                Answer::Private => {
                    if self.prepare(round, Asks::Always).await? {
                        drafting = self.draft(round, &self.wishes)?;
                    }
                }
                Answer::Change(wishes) => self.change(*wishes, round, &mut drafting)?,
            }
        }
    }

    /// Notes what is not given, once nothing more is asked.
    fn left_out(&mut self, drafting: &mut Drafting, round: &mut Round) {
        self.outcome.left_out(drafting);
        self.outcome.held_back(&mut round.held);
    }

    /// Takes other settings, unless the policy takes fewer chats under them.
    fn change(
        &mut self,
        wishes: Wishes,
        round: &Round,
        drafting: &mut Drafting,
    ) -> Result<(), CliError> {
        let changed = self.draft(round, &wishes)?;
        if changed.drafted.len() < drafting.drafted.len() {
            let reason = changed.refused.first().map(|refused| printable(refused.reason()));
            let reason = reason.unwrap_or_default();
            self.delivery.cx.out.show(|page| {
                page.line(page.style.yellow(&format!("Not possible so: {reason}")));
                page.line("The settings stay as they were.");
            });
            return Ok(());
        }
        (self.wishes, *drafting) = (wishes, changed);
        Ok(())
    }

    fn draft(&self, round: &Round, wishes: &Wishes) -> Result<Drafting, CliError> {
        let Delivery { person, book, .. } = self.delivery;
        Drafting::of(round, (person, book), (wishes, self.last.as_ref()), &self.outcome, now()?)
    }

    fn show_change(&self, before: &CommunityInfo, after: &CommunityInfo) {
        let given = match self.outcome.given_now() {
            0 => "Nothing was given under the old one.".to_owned(),
            given => format!("{} went under the old one.", count(given, "chat")),
        };
        self.delivery.cx.out.show(|page| {
            page.blank();
            page.heading(format_args!("The community changed its policy meanwhile. {given}"));
            for line in before.policy().diff(after.policy()) {
                page.line(format_args!("  {}", printable(&line)));
            }
            page.blank();
        });
    }

    /// Chats that anyone can see were given under the member's key.
    fn under_key(&self) -> Result<u64, CliError> {
        let records = self.delivery.book.records()?.into_iter();
        let named = records.filter(|record| record.attribution != Attribution::None);
        Ok(named.filter(|record| record.state.is_given()).count() as u64)
    }
}

async fn tell_languages(cx: &Context, ready: Vec<Ready>) -> Result<Vec<Offer>, CliError> {
    let _waiting = Progress::spinner(&cx.out, "telling the languages");
    tokio::task::spawn_blocking(|| Offer::all(ready)).await.or_fail("telling the languages")
}

fn policy_changed(info: &CommunityInfo) -> CliError {
    let message = format!(
        "the policy of \"{}\" changed while this ran; what was agreed to beforehand was the old one",
        printable(info.name())
    );
    CliError::new(Kind::Refused, message).hint("run it again: the new policy will be shown")
}
