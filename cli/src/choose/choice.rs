//! What is chosen, and what is said of it.

use super::found::Found;
use super::mark::word;
use super::state::State;
use super::{Mark, Standing};
use crate::chosen::Chosen;
use crate::text::{count, printable};
use sheaf_protocol::statement::Verdict;

impl State {
    /// What was chosen, in the order of the files.
    pub(super) fn chosen(&self) -> Vec<Chosen> {
        let both = self.candidates.iter().zip(&self.marks);
        both.filter(|(_, mark)| mark.chosen)
            .map(|(candidate, Mark { verdict, tags, .. })| Chosen {
                verdict: *verdict,
                tags: tags.clone(),
                ..Chosen::from(candidate.chat.clone())
            })
            .collect()
    }

    /// How many are chosen.
    pub(super) fn chosen_count(&self) -> usize {
        self.marks.iter().filter(|mark| mark.chosen).count()
    }

    /// The list is seen again, because the member signed nothing: what can be given may be something
    /// else by now. What is marked, searched and under the cursor stays.
    pub(super) fn again(&mut self, standings: Vec<Standing>) {
        let mut lost = 0;
        let both = self.candidates.iter_mut().zip(&mut self.marks);
        for ((candidate, mark), standing) in both.zip(standings) {
            let can_be = standing == Standing::Free;
            lost += u64::from(mark.chosen && !can_be);
            mark.chosen &= can_be;
            candidate.standing = standing;
        }
        self.view = None;
        self.keeping_place(Found::look_again);
        self.said = Some(match lost {
            0 => "not signed; what you chose is still chosen".to_owned(),
            lost => format!("not signed; {} cannot be given now", count(lost, "chosen chat")),
        });
    }

    /// Chooses the current chat, or no longer. Whether it can be chosen.
    pub(super) fn choose_current(&mut self) -> bool {
        let Some(at) = self.current() else { return false };
        match &self.candidates[at].standing {
            Standing::Free => {
                self.marks[at].chosen = !self.marks[at].chosen;
                return true;
            }
            Standing::Given(id) => {
                self.said = Some(format!("given before, as {id}; with --again it can be chosen"));
            }
            Standing::Barred(why) => {
                self.said = Some(format!("cannot be given: {}", printable(why)))
            }
        }
        false
    }

    /// Chooses all that are shown and can be given; none of them if all were.
    pub(super) fn choose_shown(&mut self) {
        let free = self.free_shown();
        let choose = free.iter().any(|at| !self.marks[*at].chosen);
        self.choose_all(choose);
        let chats = count(free.len() as u64, "chat");
        let others = match self.found.chats().len() - free.len() {
            0 => String::new(),
            others => format!("; {others} were given before or cannot be given"),
        };
        let done = if choose { "chosen" } else { "no longer chosen" };
        self.said = Some(format!("{chats} {done}{others}"));
    }

    /// Chooses all that are shown and can be given, or none of them.
    pub(super) fn choose_all(&mut self, choose: bool) {
        self.free_shown().into_iter().for_each(|at| self.marks[at].chosen = choose);
    }

    fn free_shown(&self) -> Vec<usize> {
        let free = |at: &usize| self.candidates[*at].standing == Standing::Free;
        self.found.chats().iter().copied().filter(free).collect()
    }

    pub(super) fn judge(&mut self, verdict: Verdict) {
        let Some(at) = self.current() else { return };
        self.marks[at].judge(verdict);
        let said = match self.marks[at].verdict {
            Some(verdict) => format!("marked {}", word(verdict)),
            None => "no mark".to_owned(),
        };
        self.say_if_not_chosen(at, &said);
    }

    pub(super) fn say_if_not_chosen(&mut self, at: usize, said: &str) {
        let hint = if self.marks[at].chosen { "" } else { "; space chooses it" };
        self.said = Some(format!("{said}{hint}"));
    }
}
