//! When two values are the same.

use crate::scrub::Kind;
use crate::scrub::folded::{Folded, Form};

/// What two writings of the same value share: without spaces and signs where these only part groups,
/// without case where it does not count.
pub(super) fn key(kind: Kind, written: &str, form: Form) -> String {
    let folded = Folded::new(written, form);
    let text = folded.as_str();
    match kind.family() {
        Kind::Phone
        | Kind::Card
        | Kind::Iban
        | Kind::NationalId(_)
        | Kind::TaxId(_)
        | Kind::Passport
        | Kind::Mac
        | Kind::BirthDate => {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
        }
        Kind::Email
        | Kind::Ip
        | Kind::Person
        | Kind::Address
        | Kind::RecoveryWords
        | Kind::Custom(_) => text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase(),
        _ => text.to_owned(),
    }
}
