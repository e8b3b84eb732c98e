//! E-mail addresses.

use super::{found_of, none_in};

#[test]
fn an_address_is_found_however_it_stands_in_a_sentence() {
    for (text, address) in [
        ("Write to alice@example.org.", "alice@example.org"),
        ("<alice.b+news@mail.example.co.uk>, please", "alice.b+news@mail.example.co.uk"),
        ("mailto:alice_b@example.museum?subject=hi", "alice_b@example.museum"),
        ("请把邮件发到wang36@example.com。谢谢", "wang36@example.com"),
        ("メールはtanaka@example.co.jpへ", "tanaka@example.co.jp"),
        ("이메일은 kim@example.kr입니다", "kim@example.kr"),
        ("пишите: anna@почта.рф сегодня", "anna@почта.рф"),
        ("адрес иван@пример.рус", "иван@пример.рус"),
        ("jörg.müller@bücher.example.de!", "jörg.müller@bücher.example.de"),
        ("l'adresse d'alice@example.fr", "alice@example.fr"),
        ("ask o'neill@example.ie", "o'neill@example.ie"),
        ("'bob@example.com'", "bob@example.com"),
        ("**bob@example.com**", "bob@example.com"),
        ("https://shop.example/?email=bob@example.com&x=1", "bob@example.com"),
        ("https://shop.example/?email=bob%40example.com&x=1", "bob%40example.com"),
        ("alice@example.com.And then", "alice@example.com"),
        ("user:alice@example.com:8080 is no path", "alice@example.com"),
        ("ALICE@EXAMPLE.COM", "ALICE@EXAMPLE.COM"),
        ("x@xn--e1afmkfd.xn--p1ai", "x@xn--e1afmkfd.xn--p1ai"),
        ("بريدي ali@example.com شكرا", "ali@example.com"),
    ] {
        assert_eq!(found_of("email", text), [address], "{text}");
    }
}

#[test]
fn what_only_has_its_sign_is_no_address() {
    none_in([
        "user@example in a shell prompt",
        "alice@laptop:~/src$ make",
        "git@github.com:org/repo.git",
        "git clone ssh://git@host.example.org/repo",
        "ssh -i ~/.ssh/id.pem -p 2222 ubuntu@ec2.example.com",
        "rsync -avz ./site deploy@www.example.org:/srv/www",
        "https://alice@example.org/private",
        "follow @alice, or @alice@example.social",
        "npm install react@18.2.0 @types/node@20.1.0",
        "icon@2x.png and logo@3x.ai",
        "@app.route('/') def index(): pass",
        "C = A@B.sum() + a@b.shape",
        "x @ y.T",
        "{name}@example.com is a template",
        "@@@@ @. .@. a@ @b",
    ]);
}
