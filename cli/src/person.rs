//! The person whose home folder this is: their seed, and the book of what they gave.

use crate::context::Context;
use crate::error::{CliError, Kind};
use crate::text::printable;
use sheaf_node::book::{Book, CommunityBook};
use sheaf_node::client::{Client, CommunityInfo};
use sheaf_node::flow::reach::reach;
use sheaf_node::home::Home;
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::sign::Seed;

/// A person.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) seed: Seed,
    pub(crate) book: Book,
}

impl Person {
    /// The person of this home, which must be there.
    ///
    /// # Errors
    /// [`Kind::NoCommunity`], or if the home folder cannot be read.
    pub(crate) fn of(cx: &Context) -> Result<Self, CliError> {
        Self::at(&cx.existing_home()?)
    }

    /// The person of this home, made on first use.
    ///
    /// # Errors
    /// If the home folder cannot be read or written.
    pub(crate) fn of_new(cx: &Context) -> Result<Self, CliError> {
        Self::at(&cx.home()?)
    }

    fn at(home: &Home) -> Result<Self, CliError> {
        Ok(Self { seed: home.seed()?, book: book_of(home) })
    }

    /// The book of the community that is meant: the one named, or the only one there is.
    ///
    /// # Errors
    /// [`Kind::NoCommunity`], or [`Kind::Usage`] where there are several.
    pub(crate) fn community(&self, named: Option<CommunityId>) -> Result<CommunityBook, CliError> {
        if let Some(id) = named {
            return Ok(self.book.of(&id));
        }
        let mut books = Vec::new();
        for book in self.book.communities()? {
            if book.known()?.is_some_and(|known| known.member) {
                books.push(book);
            }
        }
        match books.len() {
            0 => Err(CliError::new(Kind::NoCommunity, "you are not a member of any community")
                .hint("join one: sheaf member join LINE; or found one: sheaf init --name NAME")),
            1 => Ok(books.remove(0)),
            _ => Err(several(&books)),
        }
    }

    /// Connects to a community's node as its member.
    ///
    /// # Errors
    /// [`Kind::Unreachable`] and what the node says.
    pub(crate) async fn reach(
        &self,
        book: &CommunityBook,
    ) -> Result<(Client, CommunityInfo), CliError> {
        Ok(reach(&self.seed, book).await?)
    }
}

/// The book in a home folder.
pub(crate) fn book_of(home: &Home) -> Book {
    Book::new(home.dir().join("member"))
}

fn several(books: &[CommunityBook]) -> CliError {
    let line = |book: &CommunityBook| {
        let name = book.known().ok().flatten().map(|known| printable(&known.name));
        format!("\n  --community {}  ({})", book.id(), name.unwrap_or_default())
    };
    let lines: String = books.iter().map(line).collect();
    CliError::usage("you are a member of several communities: say which").hint(lines.trim_start())
}
