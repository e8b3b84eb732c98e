//! The one screen and its question: yes, no, a chat to read whole, other settings.

use super::change;
use super::drafting::{Drafting, Round};
use super::settings::Wishes;
use crate::context::Context;
use crate::error::CliError;
use crate::output::Page;
use crate::preview::{Detail, Terms, list_chats, show_chat, show_chats, show_terms};
use crate::prompt;
use crate::text::{count, printable};
use sheaf_node::flow::contribute::terms;

/// What the member wants.
pub(super) enum Answer {
    /// To sign and give.
    Agreed,
    /// Not to sign.
    Refused,
    /// To mask, keep or replace something before it is seen again.
    Private,
    /// To see it again with other settings.
    Change(Box<Wishes>),
}

/// What is asked about.
pub(super) struct Screen<'a> {
    pub(super) round: &'a Round,
    pub(super) drafting: &'a Drafting,
    /// Chats that the member gave before under their key here, and did not take back.
    pub(super) under_key: u64,
    /// Whether there is a list to go back to.
    pub(super) has_list: bool,
}

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
enum Reply {
    Yes,
    No,
    Read(usize),
    List,
    Terms,
    Settings,
    Private,
    Help,
}

impl Reply {
    fn of(typed: &str) -> Self {
        match typed.to_lowercase().as_str() {
            "y" | "yes" => Self::Yes,
            "" | "n" | "no" | "q" => Self::No,
            "l" | "list" => Self::List,
            "t" | "terms" => Self::Terms,
            "s" | "settings" => Self::Settings,
            "m" | "mask" => Self::Private,
            other => other.parse().map_or(Self::Help, Self::Read),
        }
    }
}

impl Screen<'_> {
    /// Writes it whole: the chats, then everything that is agreed to.
    pub(super) fn page(&self, page: &mut Page, detail: Detail) {
        let (number, name) = (self.number(), self.name());
        page.blank();
        let as_shared = if self.drafting.drafted.len() == 1 { "as it" } else { "as they" };
        page.heading(format_args!("{number} for \"{name}\", exactly {as_shared} will be shared"));
        page.blank();
        show_chats(page, &self.drafting.shown(), detail);
        self.terms(page);
    }

    fn terms(&self, page: &mut Page) {
        let Some(first) = self.drafting.drafted.first() else { return };
        let (info, draft) = (&self.round.info, &first.draft);
        let shown = self.drafting.shown();
        let terms = Terms {
            info,
            terms: terms(info.policy(), &draft.consent, &draft.labels),
            labels: shown.iter().map(|shown| shown.labels).collect(),
            origin: &|about| self.drafting.decided.origin(about),
            under_key: self.under_key,
        };
        show_terms(page, &terms);
    }

    /// Asks until there is an answer.
    ///
    /// # Errors
    /// Where nobody can answer.
    pub(super) async fn ask(&self, cx: &Context, wishes: &Wishes) -> Result<Answer, CliError> {
        let (number, name) = (self.number(), self.name());
        let question = format!("Sign and give {number} to \"{name}\"? [y/N, ? for more]");
        loop {
            let typed = prompt::ask(&cx.out, &question, prompt::AGREE_BEFOREHAND).await?;
            match Reply::of(&typed) {
                Reply::Yes => return Ok(Answer::Agreed),
                Reply::No => return Ok(Answer::Refused),
                Reply::Private => return Ok(Answer::Private),
                Reply::Settings => {
                    let (policy, decided) = (self.round.info.policy(), &self.drafting.decided);
                    let wishes = change::ask(cx, policy, &decided.settings, wishes).await?;
                    return Ok(Answer::Change(Box::new(wishes)));
                }
                Reply::Read(number) => self.read(cx, number).await?,
                Reply::List => {
                    prompt::read_paged(&cx.out, |page| list_chats(page, &self.drafting.shown()))
                        .await?;
                }
                Reply::Terms => cx.out.show(|page| self.terms(page)),
                Reply::Help => cx.out.show(|page| self.help(page)),
            }
        }
    }

    /// One chat to its end.
    async fn read(&self, cx: &Context, number: usize) -> Result<(), CliError> {
        let drafted = number.checked_sub(1).and_then(|at| self.drafting.drafted.get(at));
        let Some(drafted) = drafted else {
            let last = self.drafting.drafted.len();
            cx.out.show(|page| page.line(format_args!("The chats have the numbers 1 to {last}.")));
            return Ok(());
        };
        let whole = |page: &mut Page| show_chat(page, number, drafted.shown(), Detail::Full);
        prompt::read_paged(&cx.out, whole).await
    }

    fn help(&self, page: &mut Page) {
        let no = match self.has_list {
            true => "goes back to the list; nothing is signed",
            false => "ends; nothing is signed",
        };
        for (typed, does) in [
            ("y", "signs and gives them"),
            ("n, Enter", no),
            ("1, 2, …", "shows the chat with that number to its end"),
            ("l", "lists all chats"),
            ("t", "shows the terms again"),
            ("s", "changes the settings; everything is shown again"),
            ("m", "masks what is private, or what you read and do not want to share"),
        ] {
            page.field(typed, does);
        }
    }

    fn number(&self) -> String {
        count(self.drafting.drafted.len() as u64, "chat")
    }

    fn name(&self) -> String {
        printable(self.round.info.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        assert_eq!(Reply::of("Y"), Reply::Yes);
        for no in ["", "n", "No", "q"] {
            assert_eq!(Reply::of(no), Reply::No, "{no:?}");
        }
        assert_eq!(Reply::of("12"), Reply::Read(12));
        for other in ["?", "yep", "1 2", "-1", "ja"] {
            assert_eq!(Reply::of(other), Reply::Help, "{other:?} signs nothing");
        }
    }
}
