//! Names in fields: `"full_name": "…"`, `Kontaktperson: …`, `Deliver to:` with the name on the next line.

use super::{caseless, han, list, spaced};

/// Bytes between the word for a field and its value.
const BETWEEN_MAX: usize = 8;
/// What may follow a value.
const ENDS: &[char] =
    &['\n', '\r', '"', '\'', ',', ';', ')', '|', '<', '.', '/', '，', '、', '。', '（', '('];

/// Fields that hold a part of a name.
const PARTS: [&str; 30] = [
    "first name",
    "first_name",
    "firstname",
    "last name",
    "last_name",
    "lastname",
    "given name",
    "given_name",
    "family name",
    "family_name",
    "surname",
    "middle name",
    "vorname",
    "nachname",
    "familienname",
    "prénom",
    "apellido",
    "apellidos",
    "cognome",
    "sobrenome",
    "achternaam",
    "voornaam",
    "förnamn",
    "efternamn",
    "fornavn",
    "etternavn",
    "nazwisko",
    "příjmení",
    "фамилия",
    "soyad",
];

/// The name that a field holds whose word stands at `start..end`. If `of_things` other things have such
/// a field, too: then it takes a line of its own, or a name of the list.
pub(super) fn value(
    text: &str,
    start: usize,
    end: usize,
    of_things: bool,
) -> Option<(usize, usize)> {
    let quoted = text[..start].ends_with(['"', '\'']);
    if !begins(text, start) {
        return None;
    }
    let at = end + assigned(&text[end..])?;
    let name_end = name(text, at)?;
    let rest = text[name_end..].trim_start_matches(' ');
    if !rest.is_empty() && !rest.starts_with(ENDS) {
        return None;
    }
    let whole = text[at..name_end].contains([' ', '\u{3000}'])
        || text[at..].starts_with(han::is_letter)
        || text[at..].starts_with(caseless::is_caseless);
    let listed = || {
        let first = text[at..name_end].split(' ').next().unwrap_or_default().to_lowercase();
        list::is_first_name(&first)
    };
    let field = text[start..end].to_lowercase();
    let fits = match of_things {
        true => whole && (!quoted || listed()),
        false => whole || PARTS.contains(&field.as_str()) || listed(),
    };
    fits.then_some((at, name_end))
}

/// Whether a field may begin there: at the beginning of a line, of an item, behind a quote.
fn begins(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end_matches(['"', '\'', '*', ' ', '#']);
    before.is_empty() || before.ends_with(['\n', '{', ',', '(', '|', '[', ';', '-', '•', '>', '\t'])
}

/// What stands between a field's word and its value: a colon or an equals sign among quotes and blanks.
fn assigned(rest: &str) -> Option<usize> {
    let body = rest.trim_start_matches(['"', '\'', '*', '_', ' ', '\t', '\n', ':', '：', '=', '#']);
    let between = &rest[..rest.len() - body.len()];
    let is_field = between.contains([':', '：', '=']) && between.matches('\n').count() <= 1;
    (is_field && between.len() <= BETWEEN_MAX).then_some(between.len())
}

/// Where a name of whatever script ends.
pub(super) fn name(text: &str, at: usize) -> Option<usize> {
    let first = text[at..].chars().next()?;
    match () {
        () if han::is_letter(first) => han::name(text, at, true),
        () if caseless::is_caseless(first) => caseless::name(text, at),
        () => spaced::addressed(text, at),
    }
}
