//! Numbers that an independent program computed or that an authority gives as an example: accepted;
//! with a digit changed or two exchanged, all but a few refused.

use super::*;

type Case = (&'static str, fn(&[u8]) -> bool, &'static [&'static str]);

/// Schemes with a check, and numbers of theirs.
#[rustfmt::skip]
const CHECKED: &[Case] = &[
    ("gb::is_nhs", gb::is_nhs, &["6661934514", "5061231007", "1084364697", "2758929007"]),
    ("de::is_tax_id", de::is_tax_id, &["48693415025", "89037547273", "69214387011", "47950826661"]),
    ("fr::is_nir", fr::is_nir, &["162017532602437", "252032B78145988", "173011352051502", "243121348109683"]),
    ("es::is_nif", es::is_nif, &["61828170F", "58849041E", "66728776A", "22149691R"]),
    ("es::is_nif", es::is_nif, &["X1425315M", "Y9272100D", "Z9604290R", "X2220585G"]),
    ("it::is_codice_fiscale", it::is_codice_fiscale, &["CFWUUP74M29I390O", "QSFPFJ63E12D382A", "YBBXQP60D23G371Q", "BBPVIT87B14D758N"]),
    ("ch::is_ahv", ch::is_ahv, &["7563997553162", "7564659048309", "7563636990549", "7565410816045"]),
    ("nl::is_bsn", nl::is_bsn, &["362118073", "150550868", "466119318", "178971017"]),
    ("br::is_cpf", br::is_cpf, &["43657443215", "22994313146", "43655747365", "66027145706"]),
    ("br::is_cnpj", br::is_cnpj, &["08466962000142", "62130466000169", "23862246000178", "46861345000130"]),
    ("india::is_aadhaar", india::is_aadhaar, &["328486296574", "237294384389", "801747289898", "433260781986"]),
    ("cn::is_resident", cn::is_resident, &["310104194905125281", "110105200008027275", "31010419440829878X", "44030519870412739X"]),
    ("kr::is_business", kr::is_business, &["1248100998", "1208147521"]),
    ("se::is_personal_number", se::is_personal_number, &["4910129735", "9406290362", "5303108004", "5905216817"]),
    ("no::is_birth_number", no::is_birth_number, &["13089649360", "16066161815", "26074832309", "05026028932"]),
    ("fi::is_hetu", fi::is_hetu, &["250998-702A", "120187-521T", "090589-0724", "271288-5739"]),
    ("pl::is_pesel", pl::is_pesel, &["59062130848", "74120892452", "00092601550", "66042599467"]),
    ("pl::is_nip", pl::is_nip, &["5490796077", "6410019864", "8143698525", "1016475887"]),
    ("cz::is_birth_number", cz::is_birth_number, &["9602277003", "8706031554", "4404304278", "5707145499"]),
    ("pt::is_nif", pt::is_nif, &["269854185", "159467420", "138806390", "531825418"]),
    ("ru::is_inn", ru::is_inn, &["754768361857", "060830504838", "803612010274", "931718556015"]),
    ("tr::is_identity", tr::is_identity, &["17271523862", "48014383696", "91523134020", "66455224644"]),
    ("au::is_tfn", au::is_tfn, &["444115188", "183807130", "316318273", "146491798"]),
    ("ca::is_sin", ca::is_sin, &["657521936", "743719700", "698263175", "783842644"]),
    ("mx::is_curp", mx::is_curp, &["VOIP481112HVZLSD46", "REXS400306MDFSQJ83", "YABS660430MJCKTQ93", "FONJ770202MDFRFJ59"]),
    ("mx::is_rfc", mx::is_rfc, &["YOXW451003I33", "IUNV800415I18", "JEME490101R88", "CAJH990131Y91"]),
    ("ar::is_cuil", ar::is_cuil, &["23335316797", "23180843671", "20145820546", "27077492939"]),
    ("cl::is_rut", cl::is_rut, &["161363693", "177074667", "122142434", "209365456"]),
    ("be::is_register", be::is_register, &["55030457001", "67030824273", "77121925503", "68060424241"]),
    ("at::is_insurance", at::is_insurance, &["2349270862", "8634150648", "7665130450", "3312110288"]),
    ("ro::is_cnp", ro::is_cnp, &["1850804120660", "2471023016355", "1541111121684", "1431007128129"]),
    ("bg::is_egn", bg::is_egn, &["0112263877", "8201040606", "9607247177", "5207269699"]),
    ("gr::is_amka", gr::is_amka, &["14065356868", "02118176003", "06104359226", "12128809451"]),
    ("gr::is_afm", gr::is_afm, &["641593163", "267987860", "034296122", "600459375"]),
    ("il::is_identity", il::is_identity, &["961459641", "016075012", "788533016", "878121243"]),
    ("za::is_identity", za::is_identity, &["9910182703158", "6103319762049", "9504279739140", "4412149357108"]),
    ("th::is_citizen", th::is_citizen, &["8684133080891", "6400091440829", "7933803392712", "2780863574491"]),
    ("ru::is_snils", ru::is_snils, &["11223344595"]),
    ("ua::is_taxpayer", ua::is_taxpayer, &["1759013776"]),
    ("ir::is_national", ir::is_national, &["0499370899", "0084575948"]),
    ("sg::is_nric", sg::is_nric, &["S1234567D", "T1234567J", "F1234567N", "G1234567X"]),
    ("hk::is_identity", hk::is_identity, &["A1234563", "C6686689"]),
    ("tw::is_identity", tw::is_identity, &["A123456789"]),
    ("jp::is_my_number", jp::is_my_number, &["123456789018"]),
    ("de::is_insurance", de::is_insurance, &["15070649C103", "65170839J003"]),
    ("de::is_document", de::is_document, &["T220001293", "L01X00T471"]),
];

/// Schemes without a check digit, and numbers of theirs.
#[rustfmt::skip]
const UNCHECKED: &[Case] = &[
    ("us::is_ssn", us::is_ssn, &["230238771", "509239828", "899121234"]),
    ("us::is_itin", us::is_itin, &["977987601", "991876737"]),
    ("gb::is_nino", gb::is_nino, &["AB123456C", "JG103759A"]),
    ("india::is_pan", india::is_pan, &["ABCPE1234F", "ZKKPD6192Y"]),
    ("kr::is_resident", kr::is_resident, &["8605032689143", "4004091400451"]),
    ("dk::is_cpr", dk::is_cpr, &["0211122134"]),
    ("eg::is_national", eg::is_national, &["29001011234567"]),
];

/// What no authority would give.
#[rustfmt::skip]
const REFUSED: &[Case] = &[
    ("us::is_ssn", us::is_ssn, &["000123456", "666123456", "912123456", "123004567", "123450000"]),
    ("us::is_itin", us::is_itin, &["912491234", "123701234"]),
    ("gb::is_nino", gb::is_nino, &["DA123456A", "GB123456A", "AO123456A", "AB123456E"]),
    ("de::is_tax_id", de::is_tax_id, &["00000000000", "12345678903", "11111111111"]),
    ("india::is_pan", india::is_pan, &["ABCDE1234F", "ABCPE0000F"]),
    ("kr::is_resident", kr::is_resident, &["8613322689143", "8605039689143"]),
    ("cn::is_resident", cn::is_resident, &["990105200008027275", "110105200013027275"]),
    ("se::is_personal_number", se::is_personal_number, &["4913129735"]),
    ("tr::is_identity", tr::is_identity, &["07271523862"]),
];

#[test]
fn numbers_that_states_give_are_known() {
    let all = CHECKED.iter().chain(UNCHECKED);
    let refused = all.flat_map(|(name, check, numbers)| {
        numbers.iter().filter(|number| !check(&plain(number))).map(move |number| (name, number))
    });
    assert_eq!(refused.collect::<Vec<_>>(), [], "these are valid");
}

#[test]
fn numbers_that_no_state_gives_are_refused() {
    for (name, check, numbers) in REFUSED {
        for number in *numbers {
            assert!(!check(number.as_bytes()), "{name}: {number} is not valid");
        }
    }
}

#[test]
fn a_digit_changed_or_two_exchanged_is_noticed() {
    for (name, check, numbers) in CHECKED {
        let (mut changes, mut missed) = (0, 0);
        for number in *numbers {
            let chars = plain(number);
            for changed in changed(&chars).chain(exchanged(&chars)) {
                changes += 1;
                missed += usize::from(check(&changed));
            }
        }
        assert!(missed * 6 <= changes, "{name}: {missed} of {changes} mistakes are not noticed");
    }
}

fn plain(number: &str) -> Vec<u8> {
    number.bytes().filter(u8::is_ascii_alphanumeric).collect()
}

/// With each digit changed to each other one.
fn changed(chars: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let digits = (0..chars.len()).filter(|at| chars[*at].is_ascii_digit());
    digits.flat_map(move |at| {
        (b'0'..=b'9').filter(move |digit| *digit != chars[at]).map(move |digit| {
            let mut changed = chars.to_vec();
            changed[at] = digit;
            changed
        })
    })
}

/// With each two neighbours exchanged that differ.
fn exchanged(chars: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let pairs = (1..chars.len()).filter(|at| chars[*at] != chars[at - 1]);
    let digits = pairs.filter(|at| chars[*at].is_ascii_digit() && chars[at - 1].is_ascii_digit());
    digits.map(move |at| {
        let mut changed = chars.to_vec();
        changed.swap(at, at - 1);
        changed
    })
}

#[test]
fn every_shape_fits_the_buffer_and_begins_with_a_known_group() {
    for scheme in COUNTRIES.iter().copied().flatten() {
        for shape in scheme.shapes {
            let chars = shape.0.bytes().filter(|byte| matches!(byte, b'd' | b'A' | b'*')).count();
            assert!(chars <= CHARS_MAX && shape.0.contains('d'), "{}", shape.0);
        }
    }
}
