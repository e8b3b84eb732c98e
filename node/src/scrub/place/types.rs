//! Words and endings that name streets and flats, by language, in lower case. English ones are those
//! that the United States Postal Service lists for its addresses (Publication 28, appendix C); the
//! others come from general knowledge.

use std::collections::HashSet;
use std::sync::LazyLock;

/// How much a word says that it ends the name of a street.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    None,
    /// It does in addresses, and is an ordinary word elsewhere.
    Weak,
    Strong,
}

const TRAILING_STRONG: &str = "\
alley aly avenue ave av boulevard blvd bypass causeway cswy circle cir close court ct courts crescent cres crossing crossroad \
drive dr drives driveway expressway expy freeway fwy gardens grove heights highway hwy lane ln loop mews motorway parade \
parkway pkwy parkways place pl plaza plz road rd roads row skyway square sq squares stravenue street st str streets terrace ter \
throughway thruway trafficway trail trl turnpike tpke underpass viaduct walk way wharf quay esplanade rd. nagar marg gali \
chowk sadak salai mawatha jalan lorong soi zila cross bagh gully mohalla";

const TRAILING_WEAK: &str = "\
annex bayou beach bend bluff bluffs bottom branch bridge brook brooks burg burgs camp canyon cape center centers centre \
circles cliff cliffs club common commons corner corners course cove coves creek crest curve dale dam divide estate estates \
extension extensions fall falls ferry field fields flat flats ford fords forest forge forges fork forks fort garden gateway \
glen glens green greens groves harbor harbors harbour haven hill hills hollow inlet island islands isle junction junctions key \
keys knoll knolls lake lakes land landing light lights loaf lock locks lodge mall manor manors meadow meadows mill mills \
mission mount mountain mountains neck orchard oval overpass park parks pass passage path pike pine pines plain plains point \
points port ports prairie radial ramp ranch rapid rapids rest ridge ridges river route rue run shoal shoals shore shores spring \
springs spur spurs station stream streets summit trace track tunnel union unions valley valleys via view views village villages \
ville vista vistas ways well wells wall circle ganj puram vihar colony layout society enclave path";

const LEADING: &str = "\
rue avenue av av. ave boulevard bd bd. boul chemin ch. impasse place pl. rang allée allee allées route rte quai cours square \
passage voie sentier faubourg fbg rond-point traverse ruelle esplanade villa montée venelle \
calle c/ c. cl avenida avda avda. av plaza pza pza. paseo pasaje callejón callejon camino carretera ctra ronda travesía \
travesia glorieta urbanización urbanizacion cañada cuesta rambla vial alameda acceso pasadizo privada andador calzada circuito \
cerrada prolongación prolongacion periférico diagonal corredor eje retorno peatonal viaducto ampliación continuación circunvalación boulevar carrera cra cra. carrer passeig avinguda \
rua r. travessa tv. praça praca largo estrada rodovia beco viela ladeira quadra vereda passarela núcleo parque residencial \
conjunto recanto condomínio colônia favela fazenda chácara sítio vila distrito trecho morro lagoa loteamento setor aeroporto \
campo feira estação jardim \
via viale v.le piazza p.za piazzale corso c.so vicolo strada contrada borgo rotonda canale incrocio stretto piazzetta lungotevere \
lungomare salita galleria località loc. frazione fraz \
ul ul. ulica ulicy al al. aleja aleje alei alejach plac placu pl os os. osiedle rynek \
ul. ulice náměstí nám. nábřeží třída tř. sídliště str strada bd. bulevardul calea aleea șoseaua splaiul piața intrarea \
ул ул. улица улице пр пр. проспект пр-т пр-кт просп просп. пер пер. переулок наб наб. набережная ш ш. шоссе бульвар б-р бул бул. \
алл алл. аллея площадь пл пл. проезд тупик мкр мкр. микрорайон \
сквер вул вул. вулиця вулиці провулок пров. набережна площа бульвар узвіз майдан \
οδός οδος λεωφόρος λεωφ λεωφ. πλατεία \
शारع شارع طريق ميدان حي خیابان بلوار کوچه میدان جاده";

const ENDINGS_STRONG: &str = "\
straße strasse str gasse allee damm ufer chaussee gatan vägen gränden gränd stigen allén straat \
laan gracht kade steeg dreef singel plantsoen katu kuja polku veien vegen gaten svingen stræde \
gade vænget gata utca körút platz weg sokağı caddesi";

const ENDINGS_WEAK: &str = "\
flata kollen bakken haugen lia åsen spranget stien løkka dalen tunet ring platz plein park pad hof baan dijk vej vei veg gate tie torget torg torv plass plads steig \
stieg markt graben berg burg boulevard wall väg backen raitti tér hägen stig stred alle \
promenade kanal tori kaari";

/// Types that stand behind the name as a word of their own, before the number.
const WHOLE: &str = "\
straße strasse str gasse allee platz weg ring damm ufer sokak sokağı sok sk cadde caddesi cad bulvarı bulvar blv mahallesi mah \
mevkii utca út útja útca tér körút sétány köz körtér park straat laan plein gata väg katu tie vej gade street avenue road";

const UNITS: &str = "\
apt apartment appt appartement suite ste unit flat room rm floor fl studio bldg building # piso puerta planta pta esc escalera \
interior int edificio edif despacho depto bloco apto sala andar casa apartamento appartamento interno scala piano bâtiment bat étage \
wohnung whg etage og stock top m. lok m mieszkanie byt kv кв кв. квартира оф офис кім daire kat d شقة الشقة واحد طبقه lgh";

/// Words before an address that are no part of it, however they are written.
const ANNOUNCEMENTS: &str = "\
address adresse adress adres adresim adresi adresa adresą anschrift dirección direccion indirizzo endereço endereco osoite osoitteeni \
адрес адреса wohnort domicilio domicile lieferadresse home deliver ship send visit at in is";

type Words = LazyLock<HashSet<&'static str>>;

static STRONG: Words = LazyLock::new(|| TRAILING_STRONG.split_whitespace().collect());
static WEAK: Words = LazyLock::new(|| TRAILING_WEAK.split_whitespace().collect());
static LEADS: Words = LazyLock::new(|| LEADING.split_whitespace().collect());
static WHOLES: Words = LazyLock::new(|| WHOLE.split_whitespace().collect());
static ANNOUNCES: Words = LazyLock::new(|| ANNOUNCEMENTS.split_whitespace().collect());
static STRONG_ENDINGS: LazyLock<Vec<&str>> =
    LazyLock::new(|| ENDINGS_STRONG.split_whitespace().collect());
static WEAK_ENDINGS: LazyLock<Vec<&str>> =
    LazyLock::new(|| ENDINGS_WEAK.split_whitespace().collect());
static UNIT: Words = LazyLock::new(|| UNITS.split_whitespace().collect());

/// Whether a word announces an address.
pub(super) fn announces(word: &str) -> bool {
    ANNOUNCES.contains(word)
}

/// What an English word says behind the name of a street.
pub(super) fn trails(word: &str) -> Mark {
    match () {
        () if STRONG.contains(word) => Mark::Strong,
        () if WEAK.contains(word) => Mark::Weak,
        () => Mark::None,
    }
}

/// Whether a word stands before the name of a street.
pub(super) fn leads(word: &str) -> bool {
    LEADS.contains(word)
}

/// What the ending of a word before a number says.
pub(super) fn ends(word: &str) -> Mark {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    match () {
        () if is_whole(word) => Mark::Strong,
        () if word.chars().count() > 5 && ends(&STRONG_ENDINGS) => Mark::Strong,
        () if word.chars().count() > 5 && ends(&WEAK_ENDINGS) => Mark::Weak,
        () => Mark::None,
    }
}

/// Whether it is a type as a word of its own.
pub(super) fn is_whole(word: &str) -> bool {
    WHOLES.contains(word)
}

pub(super) fn is_unit(word: &str) -> bool {
    UNIT.contains(word)
}
