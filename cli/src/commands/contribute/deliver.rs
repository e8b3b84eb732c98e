//! Signing what was agreed to, and sending it until it is known what became of each chat.

use super::drafting::Offer;
use super::given::Given;
use super::result::{Outcome, Refused};
use crate::context::{Context, now};
use crate::error::{CliError, Kind};
use crate::person::Person;
use crate::progress::Progress;
use futures::{FutureExt as _, StreamExt as _};
use sheaf_node::book::{CommunityBook, Record};
use sheaf_node::client::{Client, CommunityInfo};
use sheaf_node::flow::chats;
use sheaf_node::flow::contribute::{Contributor, Draft, Sent, send};
use sheaf_node::flow::recover::recover;
use sheaf_protocol::exchange::Refusal;

/// Chats on their way to the node at once: it takes them in batches.
const SENDS_AHEAD: usize = 32;
/// How often one run recovers from used control keys before it gives up.
const RECOVERIES_MAX: u32 = 3;

/// One member giving to one community.
pub(super) struct Delivery<'a> {
    pub(super) cx: &'a Context,
    pub(super) person: &'a Person,
    pub(super) book: &'a CommunityBook,
    pub(super) client: &'a Client,
}

/// The policy changed before everything was logged: these chats must be shown again under it.
pub(super) struct Changed {
    pub(super) info: Box<CommunityInfo>,
    pub(super) offers: Vec<Offer>,
}

/// A chat that was agreed to: as it was shown, and as it was read.
type Agreed = (Draft, Offer);

impl Delivery<'_> {
    /// Sends again what an earlier run signed and was interrupted in sending.
    pub(super) async fn resume(
        &self,
        info: &CommunityInfo,
        outcome: &mut Outcome,
    ) -> Result<(), CliError> {
        let open = chats::open(self.book)?;
        if open.is_empty() {
            return Ok(());
        }
        let bar = Progress::bar(&self.cx.out, "giving again", open.len() as u64);
        let sends = open.into_iter().map(|mut record| async move {
            let sent = send(self.client, info, self.book, &mut record).await;
            (sent, record)
        });
        let mut sends = (1..).zip(sends).map(|(number, send)| send.map(move |sent| (number, sent)));
        let mut sends = futures::stream::iter(&mut sends).buffered(SENDS_AHEAD);
        while let Some((number, (sent, record))) = sends.next().await {
            bar.at(number);
            match sent? {
                Sent::Logged { index, .. } => {
                    outcome.given.push(Given::resumed(self.book, &record, index))
                }
                Sent::Later(refusal) => return Err(later(refusal)),
                Sent::Pending { .. } | Sent::Arrived { .. } => {}
                Sent::Refused(refusal) | Sent::Duplicate(refusal) => {
                    outcome.refused.push(Refused::new(record.title, refusal.sentence));
                }
                Sent::PolicyChanged(_) | Sent::ControlUsed => {
                    let reason = "signed in an earlier run, and no longer good: give it again";
                    outcome.refused.push(Refused::new(record.title, reason));
                }
            }
        }
        Ok(())
    }

    /// Signs and sends. What comes back must be shown again.
    pub(super) async fn deliver(
        &self,
        info: &CommunityInfo,
        agreed: Vec<Agreed>,
        outcome: &mut Outcome,
    ) -> Result<Option<Changed>, CliError> {
        let mut left = agreed;
        for _ in 0..RECOVERIES_MAX {
            let signed = self.sign(info, left)?;
            let undecided = self.send_all(info, signed, outcome).await?;
            if let Some(info) = undecided.changed {
                let offers = undecided.again.into_iter().map(|(_, offer)| offer);
                return Ok(Some(Changed { info, offers: offers.collect() }));
            }
            if undecided.again.is_empty() {
                return Ok(None);
            }
            recover(self.client, info, self.book, &self.person.seed, now()?).await?;
            left = undecided.again;
        }
        Err(CliError::new(Kind::Failed, "the keys made for these chats were all used before")
            .hint("is another copy of this home folder in use? Then use only one of them"))
    }

    fn sign(
        &self,
        info: &CommunityInfo,
        agreed: Vec<Agreed>,
    ) -> Result<Vec<(Record, Agreed)>, CliError> {
        let _waiting = Progress::spinner(&self.cx.out, "sealing and signing");
        let mut contributor = Contributor::new(self.book, &self.person.seed, info)?;
        let drafts = agreed.iter().map(|(draft, _)| draft.clone()).collect();
        let now = now()?;
        let signed = tokio::task::block_in_place(|| contributor.sign(drafts, now))?;
        Ok(signed.into_iter().zip(agreed).collect())
    }

    async fn send_all(
        &self,
        info: &CommunityInfo,
        signed: Vec<(Record, Agreed)>,
        outcome: &mut Outcome,
    ) -> Result<Undecided, CliError> {
        let bar = Progress::bar(&self.cx.out, "giving", signed.len() as u64);
        let mut undecided = Undecided::default();
        let sends = signed.into_iter().map(|(mut record, agreed)| async move {
            let sent = send(self.client, info, self.book, &mut record).await;
            (sent, record, agreed)
        });
        let mut sends = (1..).zip(sends).map(|(number, send)| send.map(move |sent| (number, sent)));
        let mut sends = futures::stream::iter(&mut sends).buffered(SENDS_AHEAD);
        while let Some((number, (sent, record, agreed))) = sends.next().await {
            match sent? {
                Sent::Logged { index, .. } => {
                    outcome.given.push(Given::logged(self.book, &record, index))
                }
                Sent::Pending { .. } => outcome.given.push(Given::pending(&record)),
                Sent::Arrived { .. } => outcome.given.push(Given::arrived(&record)),
                Sent::Duplicate(_) => outcome.given.push(Given::known_there(&record)),
                Sent::Refused(refusal) => {
                    outcome.refused.push(Refused::new(record.title, refusal.sentence));
                }
                Sent::PolicyChanged(info) => {
                    undecided.changed = Some(info);
                    undecided.again.push(agreed);
                }
                Sent::ControlUsed => undecided.again.push(agreed),
                Sent::Later(refusal) => return Err(later(refusal)),
            }
            bar.at(number);
        }
        Ok(undecided)
    }
}

/// The node can not take it now; what was signed waits here.
fn later(refusal: Refusal) -> CliError {
    CliError::from(refusal).hint("what was signed is kept here; `sheaf contribute` sends it again")
}

/// Chats that must be signed again, and the policy to show first if it is a new one.
#[derive(Default)]
struct Undecided {
    changed: Option<Box<CommunityInfo>>,
    again: Vec<Agreed>,
}
