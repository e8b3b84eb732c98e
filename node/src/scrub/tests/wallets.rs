//! Addresses of currencies, recovery words. The examples are those of the specifications.

use super::{found, found_of, none_in};

#[test]
fn an_address_is_found_by_its_checksum() {
    for text in [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359",
    ] {
        assert_eq!(found_of("wallet", &format!("send it to {text}, thanks")), [text]);
    }
    none_in([
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "0x0000000000000000000000000000000000000000",
        "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d35",
        "commit fb6916095ca1df60bb79ce92ce3ea74c37c5d359",
    ]);
}

#[test]
fn the_case_of_an_address_of_ethereum_is_a_checksum() {
    let confidence = |text: &str| super::SCANNER.scan(text)[0].confidence;
    let right = confidence("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    let wrong = confidence("0x5aaEb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    assert!(right > 95 && wrong < 70, "{right} {wrong}");
}

#[test]
fn private_keys_in_the_formats_of_wallets_are_secrets() {
    let (extended, imported) = (
        concat!(
            "xprv",
            "9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
        ),
        concat!("5HueCGU8rMjxEXx", "iPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"),
    );
    assert!(found(extended)[0].0 == "private-key", "{:?}", found(extended));
    assert_eq!(found(imported)[0].0, "private-key");
}

const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

#[test]
fn recovery_words_are_found_however_they_are_listed() {
    let numbered: String =
        WORDS.split(' ').enumerate().map(|(n, word)| format!("{}. {word}\n", n + 1)).collect();
    for text in [WORDS.to_owned(), WORDS.to_uppercase(), WORDS.replace(' ', ", "), numbered] {
        let text = format!("My seed phrase: {text} !");
        let found = found_of("recovery-words", &text);
        assert_eq!(found.len(), 1, "{text}");
        assert!(
            found[0].to_lowercase().starts_with("legal")
                && found[0].to_lowercase().ends_with("yellow")
        );
    }
}

#[test]
fn words_of_the_list_that_are_no_phrase_are_not() {
    let wrong = WORDS.replace("yellow", "year");
    assert_eq!(found_of("recovery-words", &wrong), [""; 0], "the checksum does not hold");
    let named = format!("recovery phrase: {wrong}");
    assert_eq!(
        found_of("recovery-words", &named),
        [wrong],
        "but if somebody calls it one, it may be mistyped"
    );
    none_in(["can you also just try again, then check any other idea about your own place"]);
}
