//! Words that lead to a name, in the languages of our members.

use crate::limits::SCRUB_LEAD_BYTES;
use crate::scrub::literals::{Bounds, Literals};
use crate::scrub::numbers::context;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What follows such a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// A name, for the speaker gives one.
    Gives,
    /// A surname, for it is a form of address.
    Addresses,
    /// A name, or what somebody is: of a name not on the list there have to be two words.
    Introduces,
    /// A name on a line of its own.
    Signs,
    /// A field that people have.
    Holds,
    /// A field that things have, too.
    Names,
    /// A name alone.
    Greets,
    /// Names of those who have a part in something.
    Roles,
}

const TABLE: &[(Lead, &str)] = &[
    (Lead::Gives, GIVES),
    (Lead::Addresses, ADDRESSES),
    (Lead::Introduces, INTRODUCES),
    (Lead::Signs, SIGNS),
    (Lead::Holds, HOLDS),
    (Lead::Names, NAMES),
    (Lead::Greets, GREETS),
    (Lead::Roles, ROLES),
];

const GIVES: &str = "\
my name is|my name's|my full name is|my real name is|name is|the name's|my maiden name is|\
maiden name is|last name is|surname is|first name is|full name:|customer name:|patient name:|\
cardholder name:|cardholder:|account holder:|full name|contact person:|last name?|your name?|\
applicant:|patient:|employee:|passenger:|everyone calls me|people call me|they call me|\
friends call me|ich heiße|ich heisse|mein name ist|mein name lautet|heiße|ich nenne mich|\
vor- und nachname:|vollständiger name:|kontoinhaber:|je m'appelle|je m’appelle|mon nom est|\
mon nom complet est|je me nomme|je me prénomme|nom complet :|nom et prénom :|titulaire :|\
me llamo|mi nombre es|mi nombre completo es|nombre completo:|nombre y apellidos:|titular:|\
mi chiamo|il mio nome è|nome e cognome:|intestatario:|meu nome é|meu nome completo é|\
eu me chamo|me chamo|chamo-me|o meu nome é|nome completo:|mijn naam is|ik heet|volledige naam:|\
mijn volledige naam is|nazywam się|mam na imię|moje imię to|imię i nazwisko:|jmenuji se|\
jmenuju se|mé jméno je|moje jméno je|jméno a příjmení:|volám sa|moje meno je|jag heter|\
mitt namn är|fullständigt namn:|jeg heter|jeg hedder|mit navn er|navnet mitt er|mitt navn er|\
nimeni on|minun nimeni on|olen nimeltäni|benim adım|adım soyadım|benim ismim|ismim|adım|\
ad soyad:|adı soyadı:|numele meu este|mă numesc|ma numesc|mă cheamă|a nevem|az én nevem|με λένε|\
ονομάζομαι|το όνομά μου είναι|меня зовут|мое имя|моё имя|фио:|ФИО:|мене звати|моє ім'я|Моє ім’я|\
мене звуть|мое полное имя|казвам се|зовут меня|ПІБ:|Ф.И.О.:|zovem se|ime mi je|tên tôi là|\
tôi tên là|nama saya|nama saya adalah|اسمي هو|اسمي|أنا اسمي|الاسم الكامل:|الاسم:|انا اسمي|إسمي|\
اسم من|نام من|نامم|من اسمم|نام و نام خانوادگی:|نام کامل:|मेरा नाम|मेरा पूरा नाम|नाम:|\
मेरा शुभ नाम|שמי|קוראים לי|השם שלי הוא|ผมชื่อ|ฉันชื่อ|ดิฉันชื่อ|ชื่อของฉันคือ|我叫|我的名字是|我的名字叫|\
我名叫|我的姓名是|本人姓名|姓名：|姓名:|名字是|名字叫|我的全名是|叫我|联系人：|联系人:|收件人：|收件人:|私の名前は|名前は|わたしの名前は|僕の名前は|氏名：|氏名:|\
お名前：|名前：|名前:|本名は|제 이름은|내 이름은|저의 이름은|성명:|이름:|성함은|이름은";

const ADDRESSES: &str = "\
mr.|mrs.|ms.|mr|mrs|ms|miss|dr.|prof.|mx.|herr|frau|herrn|monsieur|madame|mademoiselle|mme|mlle|\
señor|señora|señorita|sr.|sra.|srta.|signor|signora|sig.|sig.ra|dott.|dott.ssa|senhor|senhora|\
meneer|mevrouw|dhr.|mevr.|mw.|pani|господин|госпожа|г-н|г-жа|пані|السيد|السيدة|الدكتور|الدكتورة|\
الأستاذ|الأستاذة|آقای|خانم|श्री|श्रीमती|डॉ.|κύριε|κυρία|κύριος";

const INTRODUCES: &str = "\
soy|yo soy|sou o|sou a|eu sou|sono|io sono|je suis|moi c'est|jag är|jeg er|jestem|ik ben|ben|olen|myself|op naam van|auf den namen|im namen von|au nom de|a nombre de|a nome di|em nome de|\
na nazwisko|на имя|soussigné|soussignée|on behalf of|kundin|kunde|mandantin|mieterin|patientin|\
はじめまして、|初めまして、|はじめまして。|你好，我是|您好，我是|大家好，我是|안녕하세요, |안녕하세요. |私は|저는|나는";

const SUGGESTS: &str = "\
i'm|i’m|i am|this is|it's|it is|here is|call me|named|called|dear|hi|hello|hey|thanks|thank you|\
cheers|morning|evening|afternoon|ask for|speak to|speak with|talk to|spoke to|spoke with|\
talked to|met|meet|meeting with|from|husband|wife|son|daughter|brother|sister|mother|father|mom|\
dad|mum|uncle|aunt|cousin|friend|boyfriend|girlfriend|boss|manager|colleague|coworker|teacher|\
neighbor|neighbour|kid|partner|roommate|client|name:|tell|told|asked|email|cc|with|and|for|to|\
said|says|ich bin|hier ist|liebe|lieber|hallo|sehr geehrte|guten tag|danke|mein mann|meine frau|\
mein sohn|meine tochter|mein freund|meine freundin|mein chef|meine chefin|mein kollege|\
mein bruder|meine schwester|c'est|bonjour|salut|cher|chère|merci|mon mari|ma femme|\
mon fils|ma fille|mon ami|mon amie|mon frère|ma sœur|hola|querido|querida|estimado|estimada|\
gracias|mi esposo|mi esposa|mi marido|mi hijo|mi hija|mi hermano|mi hermana|mi amigo|mi amiga|\
mi jefe|ciao|caro|cara|gentile|grazie|mio marito|mia moglie|mio figlio|mia figlia|\
sou a|olá|prezado|prezada|obrigado|meu marido|minha esposa|meu filho|minha filha|beste|\
dag|mijn man|mijn vrouw|mijn zoon|mijn dochter|cześć|drogi|droga|szanowny|mój mąż|\
moja żona|mój syn|moja córka|jsem|ahoj|milý|milá|hej|kära|käre|min man|min fru|\
kjære|kære|hei|merhaba|sevgili|sayın|я|это|привет|здравствуйте|дорогой|дорогая|\
уважаемый|уважаемая|муж|жена|сын|дочь|привіт|шановний|шановна|чоловік|дружина";

const SIGNS: &str = "\
best regards|kind regards|regards|sincerely|yours truly|yours sincerely|yours faithfully|\
best wishes|all the best|warm regards|many thanks|thanks|cheers|best|love|signed|\
mit freundlichen grüßen|mit freundlichen grüssen|viele grüße|liebe grüße|beste grüße|\
freundliche grüße|herzliche grüße|hochachtungsvoll|lg|mfg|cordialement|bien cordialement|\
bien à vous|sincères salutations|amicalement|saludos|un saludo|saludos cordiales|atentamente|\
un abrazo|cordiali saluti|distinti saluti|un saluto|atenciosamente|cumprimentos|abraços|\
com os melhores cumprimentos|met vriendelijke groet|met vriendelijke groeten|groetjes|groeten|\
z poważaniem|pozdrawiam|s pozdravem|med vänliga hälsningar|vänliga hälsningar|mvh|hälsningar|\
med vennlig hilsen|med venlig hilsen|hilsen|ystävällisin terveisin|terveisin|saygılarımla|\
sevgiler|iyi çalışmalar|с уважением|з повагою|с наилучшими пожеланиями";

const HOLDS: &str = "\
full name|full_name|fullname|first name|first_name|firstname|last name|last_name|lastname|given name|\
given_name|family name|family_name|surname|middle name|holder|account holder|account_holder|cardholder|\
card_holder|cardholder name|contact|contact person|contact_name|recipient|sender|applicant|patient|\
client|customer|customer_name|customer name|employee|tenant|landlord|passenger|guest|attn|attention|ship to|\
deliver to|bill to|sold to|delivered to|label for|vorname|nachname|familienname|empfänger|absender|kunde|kundin|\
kontaktperson|ansprechpartner|ansprechpartnerin|mieter|vermieter|patientin|versicherter|lieferung an|\
prénom|nom complet|nom et prénom|destinataire|expéditeur|salarié|salariée|locataire|titulaire|livrer à|\
apellido|apellidos|nombre completo|nombre y apellidos|destinatario|remitente|titular|cliente|entregar a|\
cognome|nome e cognome|intestatario|mittente|inquilino|consegna a|sobrenome|nome completo|remetente|\
achternaam|voornaam|volledige naam|ontvanger|afzender|contactpersoon|förnamn|efternamn|mottagare|avsändare|\
kund|fornavn|etternavn|nazwisko|imię i nazwisko|odbiorca|nadawca|najemca|wynajmujący|klient|příjmení|\
jméno a příjmení|soyad|ad soyad|adı soyadı|alıcı|gönderen|müşteri|фамилия|фио|получатель|отправитель|клиент|\
прізвище|піб|ονοματεπώνυμο|ग्राहक|पूरा नाम|الاسم الكامل|姓名|联系人|收件人|氏名|お名前|성명|성함|받는사람|보낸사람|수령인|fn";

const NAMES: &str = "\
name|nom|nombre|nome|naam|namn|navn|imię|jméno|név|ad|isim|имя|ім'я|όνομα|नाम|اسم|الاسم|名前|名字|이름";

const GREETS: &str = "\
hi|hello|hey|dear|hej|hallo|hola|ciao|salut|bonjour|bonsoir|oi|olá|cześć|ahoj|привет|здравствуйте|вітаю|привіт|\
merhaba|selam|moin|servus|grüezi|liebe|lieber|cher|chère|caro|cara|beste|drogi|droga|kära|käre|kære|kjære|hei|\
sevgili|дорогой|дорогая|уважаемый|уважаемая|estimado|estimada|querido|querida|prezado|prezada|sayın|tere|szia|\
kedves|milý|milá|drahý|drahá|αγαπητέ|αγαπητή|γεια σου";

const ROLES: &str = "\
beneficiary|payee|tenant|landlord|patient|passenger|attendees|participants|present:|attending:|\
begünstigter|empfänger|mieter|mieterin|vermieter|patient|patientin|pat.|passagier|anwesend|anwesend:|teilnehmer:|\
bénéficiaire|locataire|bailleur|patiente|passager|présents|présents :|beneficiario|inquilino|inquilina|paciente|pasajero|\
pasajera|asistentes:|presentes|beneficiário|locatário|locatária|passageiro|passageira|intestato a|paziente|passeggero|\
passeggera|presenti|presenti:|begunstigde|huurder|patiënt|aanwezig|aanwezig:|mottagare|hyresgäst|närvarande|närvarande:|\
modtager|lejer|til stede|til stede:|saaja|vuokralainen|potilas|läsnä|läsnä:|odbiorca|najemca|pacjent|pacjentka|obecni|\
obecni:|příjemce|nájemce|pacient|pacientka|přítomni|přítomni:|kedvezményezett|bérlő|beteg|jelen vannak|jelen vannak:|\
beneficiar|chiriaș|prezenți|prezenți:|alıcı|kiracı|hasta|katılanlar|katılanlar:|получатель|арендатор|пациент|пациентка|\
присутствовали|присутствовали:|отримувач|орендар|пацієнт|присутні|присутні:|受取人|患者|出席|参加者|参会|参会人员|\
收款人|수취인|환자|참석자|참석";

struct Leads {
    phrases: Literals,
    meaning: Vec<Lead>,
}

static LEADS: LazyLock<Leads> = LazyLock::new(|| {
    let mut all = Vec::new();
    let mut meaning = Vec::new();
    for (lead, phrases) in TABLE {
        for phrase in phrases.split('|').filter(|phrase| !phrase.is_empty()) {
            // The search folds the case of ASCII letters only.
            for phrase in [Some(phrase.to_owned()), capitalised(phrase)].into_iter().flatten() {
                all.push(phrase);
                meaning.push(*lead);
            }
        }
    }
    Leads { phrases: Literals::new(all, Bounds::Words), meaning }
});

/// Words of the longest phrase that suggests a name.
const SUGGESTING_WORDS_MAX: usize = 3;

static SUGGESTING: LazyLock<HashSet<&str>> = LazyLock::new(|| SUGGESTS.split('|').collect());

/// Whether a word before a place suggests that a name follows: it means little unless the name is on the
/// list, so it is looked for from there.
pub(super) fn suggested(text: &str, at: usize) -> bool {
    let window = context::before(text, at, SCRUB_LEAD_BYTES).to_lowercase();
    let window = window.trim_end_matches([' ', ':', '"', '*', '\'', ',']);
    let starts = window
        .rmatch_indices([' ', '\n', '(', '.', '!', ',', '"'])
        .map(|(at, _)| at + 1)
        .chain([0]);
    starts.take(SUGGESTING_WORDS_MAX).any(|start| SUGGESTING.contains(&window[start..]))
}

/// A phrase as a sentence begins with it, if its first letter is not of ASCII.
fn capitalised(phrase: &str) -> Option<String> {
    let mut chars = phrase.chars();
    let first = chars.next().filter(|char| !char.is_ascii() && char.is_lowercase())?;
    Some(first.to_uppercase().chain(chars).collect())
}

/// Calls `each` with every such word and where it stands: what it may lead to. Of those that overlap the
/// first counts, of those that begin together the longest.
pub(super) fn each(text: &str, mut each: impl FnMut(Lead, usize, usize)) {
    let leads = &*LEADS;
    let (mut found, mut place) = (Vec::new(), 0..0);
    leads.phrases.each(text.as_bytes(), |index, at| {
        let within = at.start > place.start && at.start < place.end;
        if within || !is_word(text, at.start, at.end) {
            return;
        }
        if at != place {
            if at.start > place.start {
                found.iter().for_each(|lead| each(*lead, place.start, place.end));
            }
            found.clear();
            place = at;
        }
        found.push(leads.meaning[index]);
    });
    found.iter().for_each(|lead| each(*lead, place.start, place.end));
}

/// Whether a phrase is not a part of longer words. Scripts without spaces have no such bounds, and
/// Arabic sets words like "and" before others.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let bound = |char: char| {
        char.is_alphanumeric() && !crate::scrub::script::is_spaceless(char) || char == '_'
    };
    let first = text[start..end].chars().next();
    let last = text[start..end].chars().next_back();
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let begins = !(first.is_some_and(bound) && before.is_some_and(bound));
    begins && !(last.is_some_and(bound) && after.is_some_and(bound))
}
