//! The cues, in lower case, parted by `|`; `*` where more letters may follow, or have to stand before. Written from general
//! knowledge of the languages; nothing was taken from a list.

use super::Cue;

pub(super) const TABLE: &[(Cue, &str)] = &[
    (Cue::Phone, PHONE),
    (Cue::Number, NUMBER),
    (Cue::Card, CARD),
    (Cue::Account, ACCOUNT),
    (Cue::Identity, IDENTITY),
    (Cue::Tax, TAX),
    (Cue::Passport, PASSPORT),
    (Cue::Born, BORN),
    (Cue::Home, HOME),
    (Cue::Other, OTHER),
];

const PHONE: &str = "\
phone*|telephone*|tel|tel.|tel no|telno|mob|mobile|mobile no|cell|cellphone|landline|handset|fax|faxes|\
call|calls|called|calling|callback|dial|dialled|dialed|ring|ring me|rang|text me|text him|text her|texted|\
texting|sms|whatsapp|viber|signal me|imessage|facetime|reach me|reach us|reach him|reach her|reached at|\
contact|contacts|contact me|hotline|helpline|voicemail|switchboard|desk|ph|ph.|ext|msisdn|home phone|work phone|\
reception|office|phoned|phoning|ring us|voice mail|pager|on his cell|reachable|my digits|get hold of|ringing|keeps calling|direct|direct line|cel|cel.|tlm|tlm.|\
telefon*|handy*|mobil|mobilnummer|mobiltelefon*|rufnummer*|festnetz*|anrufen|ruf mich|rufen sie|anruf|\
rückruf*|zurückruf*|angerufen|durchwahl|direktwahl|zentrale|melde dich|melden sie|erreichbar|erreichen|erreichst|telefax|faxnummer|mobilfunk*|ruf|\
téléphone*|tél|tél.|portable|gsm|mobile|appelle|appelez|appeler|rappelle*|rappelez|joindre|joignable|télécopie*|\
fixe|port.|appel|appels|contacter|contactez|coordonnées|répond au|répondre au|\
teléfono*|telefono*|llamada*|telef|telef.|oficina:|of.|márca*|marque|escríbeme|escríbame|móvil|movil|celular|llama|llame|llámame|llámeme|llamar|llamarme|contesta en el|atiende en el|contactar*|contáct*|localizar*|fijo|contacto|whats|\
cellulare|avvis*|richiam*|telefona*|chiama*|diretto|telefonare|risponde al|recapito|recapiti|fisso|telefonico|\
telefone*|telefona*|chamada*|telemóvel|telemovel|celular|ligue|liga|ligar|ligue-me|me liga|avisa*|avise|direto|contactar*|contacta*|contacte*|contate*|falar comigo|atende no|atende pelo|zap|fone|contato|contacto|\
telefoon*|gebeld|belde|belt|oproep*|mobiel*|bel|bellen|bel me|belt|bereikbaar|bereiken|neemt op|opnemen|gsm-nummer|06-nummer|mobieltje|vaste lijn|\
numer telefonu|telefonu|dzwoni*|połączeni*|komórk*|kom.|zadzwoń|zadzwonić|dzwoń|dzwonić|dzwonic|odbiera|zadzwon|kontakt|kontaktowy|\
telefonní|volal*|hovor*|mobilu|volejte|zavolejte|zavolej|zavolat|volat|volejte mi|zavolajte|mobilní|\
telefonnummer|tfn|tfn.|direkt|ringde|ringt|ringte|ringede|samtal*|opkald*|mobilnr|mobilen|ring mig|ringa|ringer|svarar på|nås på|nå mig|når mig|nå mej|ring meg|ring på|tlf|tlf.|mobilnummer|\
puhelin*|puh|puh.|soita|soittaa|kännykkä*|matkapuhelin*|gsm|\
телефон*|тел|тел.|раб.|сот.|моб|моб.|мобильн*|сотов*|позвон*|звони*|звон*|перезвон*|наберите|факс|ватсап|вотсап|\
дзвон*|подзвон*|зателефон*|зателеф*|мобільн*|контактн*|телефонуйте|набери|\
τηλέφων*|τηλεφων*|καλεί*|τηλ|τηλ.|κινητό|κινητο|καλέστε|κάλεσε|\
telefon numara*|cep|cep no|gsm no|ara|arayın|arayin|arayabilir*|beni ara|ulaşabilir*|iletişim|arayıp|numarasını|arıyor*|aradı*|arama*|çağrı*|faks|telefonum*|\
telefonszám*|mobilszám*|hívj*|hívjon|hívható|sunați|sună|sunati|telefonul|mobilul|позвънете|телефонът|\
nazovite|nazovi|pozovi|poziv|broj telefona|điện thoại|gọi|sđt|số điện thoại|di động|telepon|hubungi|nomor hp|hp|\
no. hp|telpon|telefon bimbit|tawag|โทร|โทรศัพท์|เบอร์|มือถือ|\
هاتف*|مكالمة*|تلفون*|جوال*|موبايل*|محمول|اتصل*|الاتصال|اتصال|رقمي|للتواصل|تواصل|واتساب|فاكس|فون|\
تلفن*|موبایل*|همراه|تماس|زنگ|شماره‌ام|شماره تماس|شماره من|پیامک|واتس‌اپ|\
טלפון|נייד|התקשר*|להתקשר|פקס|תתקשר*|\
फोन|फ़ोन|मोबाइल|दूरभाष|कॉल|संपर्क|सम्पर्क|व्हाट्सएप|टेलीफोन|टेलीफ़ोन|ফোন|মোবাইল|தொலைபேசி|ఫోన్|ফোন|\
电话|電話|手机|手機|座机|座機|传真|傳真|致电|致電|拨打|撥打|联系方式|聯絡|联系|微信|热线|熱線|未接|打给|有事打|打电话|打電話|请打|来电|联络|分机|\
携帯|着信|かかってき|ケータイ|ファックス|ファクス|お電話|連絡先|ご連絡|スマホ|\
전화|부재중|걸려온|휴대폰|휴대전화|핸드폰|연락처|연락|팩스|폰번호|폰 번호|내선";

const NUMBER: &str = "\
my number|number is|old number|our number|his number|her number|their number|new number|at this number|number:|\
meine nummer|meine neue nummer|nummer ist|mon numéro|numéro est|son numéro|mi número|mi numero|número es|\
il mio numero|numero è|meu número|meu numero|número é|mijn nummer|nummer is|mój numer|numer to|numerem|moje číslo|\
mitt nummer|mit nummer|numret är|numeroni|мой номер|номер|мій номер|numaram|número|numéro|numero|\
numarası|nummer|nr|nr.|رقم|الرقم|شماره|नंबर|नम्बर|号码|號碼|番号|번호|מספר|αριθμός|număr|numărul";

const CARD: &str = "\
card|cards|credit card|debit card|creditcard|cc|ccnum|cardnumber|card number|visa|mastercard|amex|maestro|\
american express|diners|discover|jcb|unionpay|kreditkarte*|karte|karten*|ec-karte|debitkarte|carte|carte bleue|\
carte bancaire|tarjeta|tarjetas|carta|carta di credito|carta di debito|cartão|cartao|cartões|creditkaart|kaart|\
pinpas|bankpas|karta|karty|kartę|karte|kartą|kartou|kartu|kreditkort|kort|kortet|kortets|kortnr|kortnummer|betalkort|luottokortti|kortti|\
карт*|карточк*|картк*|kart|kartı*|kartım*|kredi kart*|bankkártya|hitelkártya|cardul|κάρτα|κάρτας|thẻ|kartu kredit|\
بطاقة|البطاقة|بطاقتي|کارت|כרטיס|कार्ड|信用卡|银行卡|銀行卡|卡号|卡號|储蓄卡|借记卡|カード|クレジット|카드|신용카드|บัตร";

const ACCOUNT: &str = "\
iban|bank account|account|konto|kontonummer|bankverbindung|compte|cuenta|conto|conta|rekening*|rachunek|rachunku|\
účet|účtu|konto bankowe|счет|счёт|рахун*|hesap|hesab*|compte bancaire|rib|حساب|آیبان|شبا|شماره شبا|bic|swift|\
账户|账号|帳號|口座|계좌|खाता|חשבון|bankszámla|λογαριασμός|iban-nummer";

const IDENTITY: &str = "\
ssn|social security|social security number|soc sec|social|nino|national insurance|ni number|nhs|nhs number|\
national id|national identity|identity number|id number|id no|id card|identity card|identification number|aadhaar|\
aadhar|uidai|resident id|citizen id|sin|social insurance|medicare|driver's license|\
personalausweis*|ausweis*|ausweisnummer|sozialversicherung*|rentenversicherung*|svnr|sv-nummer|sv-nr|versicherungsnummer|\
ahv|ahv-nummer|avs|avs-nummer|numéro avs|sécurité sociale|securite sociale|numéro de sécu|sécu|nir|carte vitale|cni|\
carte d'identité|dni|nie|nif|documento|documento de identidad|identificación|identificacion|cédula|cedula|curp|cuil|cuit|rut|run|rfc|\
codice fiscale|cod. fisc|c.f.|carta d'identità|tessera sanitaria|cpf|rg|cnpj|cartão de cidadão|nº de identificação|nic|nis|\
bsn|burgerservicenummer|sofinummer|rijksregisternummer|rijksregister|registre national|identiteitskaart|\
pesel|dowód|dowod|dowodu|rodné číslo|rodne cislo|rodného čísla|r.č.|rč|občanský průkaz|personnummer|personnr|pers.nr|persnr|födelsenummer|\
samordningsnummer|fødselsnummer|fodselsnummer|fnr|cpr|cpr-nummer|cpr-nr|cpr nr|henkilötunnus|hetu|\
снилс|паспорт*|инн|удостоверен*|єдрпоу|рнокпп|іпн|tc|t.c.|tc no|tc kimlik|t.c. kimlik|tckn|kimlik|kimlik no|cnp|егн|amka|αμκα|\
רקע|תעודת זהות|ת.ז|ת\"ז|nric|fin|hkid|身份证|身分證|身份證|身份证号|公民身份|居民身份证|\
マイナンバー|個人番号|주민등록|주민등록번호|주민번호|외국인등록번호|आधार|पहचान|الهوية|هوية|رقم قومي|الرقم القومي|الإقامة|کد ملی|کدملی|شماره ملی|\
tfn|identity document|nas|kojin bango|my number|steuer id|inn";

const TAX: &str = "\
tax id|tax number|tax identification|taxpayer|tin|ein|itin|employer identification|vat|vat id|vat no|vat number|\
gst|gstin|pan|pan card|permanent account|utr|abn|acn|tfn|tax file|\
steuer-id|steuerid|steuer id|steueridentifikationsnummer|steuer-identifikationsnummer|steuernummer|steuer-nr|idnr|\
identifikationsnummer|ust-id*|ustid*|umsatzsteuer*|uid-nummer|\
numéro fiscal|numero fiscal|tva|siret|siren|spi|référence fiscale|nif|cif|rfc|partita iva|p. iva|p.iva|iva|\
contribuinte|número de contribuinte|nipc|btw|btw-nummer|btw-id|nip|regon|dič|dic|ičo|org.nr|organisationsnummer|\
orgnr|cvr|momsnummer|инн|огрн|кпп|ідн|vergi|vergi no|vkn|vergi numarası|adószám*|adóazonosító|cui|αφμ|α.φ.μ.|afm|\
税号|統一編號|纳税人|納税|法人番号|사업자등록번호|사업자번호|पैन|जीएसटी|الضريبي*|ضريبي*|מע\"מ";

const PASSPORT: &str = "\
passport|passport no|passport number|travel document|reisepass*|reisepass-nr|passnummer|pass-nr|passeport|pasaporte|\
passaporto|passaporte|paspoort*|paszport*|číslo pasu|pasu|cestovní pas|passnr|pas nr|pass nr|pasnummer|passi|\
passin numero|загранпаспорт*|паспорт*|закордонн*|pasaport*|útlevél*|pașaport*|διαβατήριο*|διαβατηρίου|hộ chiếu|paspor|\
جواز|جواز السفر|گذرنامه|پاسپورت|דרכון|पासपोर्ट|护照|護照|パスポート|旅券|여권";

const BORN: &str = "\
born|dob|d.o.b|d.o.b.|date of birth|birth date|birthdate|birthday|birth|my bday|b-day|bday|\
geboren|geb|geb.|geburtsdatum|geburtstag|né le|née le|né(e) le|naissance|anniversaire|nacido|nacida|nací|naci|nació|nacio|nasceu|nacque|naquit|nacimiento|\
cumpleaños|fecha de nac*|nato|nata|nato il|nata il|nascita|compleanno|nascido|nascida|nasci|nascimento|aniversário|\
data de nasc*|geboortedatum|verjaardag|jarig|ur.|urodzony|urodzona|urodził*|urodzenia|urodzin*|narozen*|\
narodil*|datum narození|nar.|född|födelsedatum|födelsedag|født|fødselsdato|fødselsdag|fødd|syntynyt|syntymäaika|\
syntymäpäivä|родил*|рожден*|рождения|д.р.|народил*|народив*|народження|народжен*|roden|doğum*|dogum*|doğdum|doğdu|doğumlu|\
született|születési|születés*|nascut|născut*|nașterii|γεννήθηκα|γεννήθηκε|γέννησης|γενέθλια|sinh ngày|ngày sinh|lahir|\
tanggal lahir|เกิด|วันเกิด|ولدت|مواليد|ميلاد*|الميلاد|تاريخ الميلاد|تولد|متولد|به دنیا|נולד*|תאריך לידה|יום הולדת|\
जन्म*|जन्मतिथि|जन्मदिन|出生|出生日期|生日|生于|生於|生年月日|誕生日|生まれ|생년월일|생일|태어났*|태어난|출생";

const HOME: &str = "\
address|address:|home address|mailing address|billing address|shipping address|ship to|deliver to|live at|lives at|living at|\
lived at|lived in|i live|reside*|residing|located at|mail it to|send it to|moved to|return to|house|\
adresse|anschrift|wohne|wohnt|wohnhaft|lieferadresse|wohnort|ich wohne|habite|habitons|demeurant|domicile|domicilié*|\
dirección|direccion|vivo en|vive en|domicilio|resido|indirizzo|abito|abita|residente|residenza|endereço|endereco|moro|\
mora|resido|adres|woon|woont|wonende|mieszkam|mieszka|zamieszkał*|bydlím|bydlí|bydliště|adresa|bor på|bor i|adress|\
asun|osoite*|adresse*|adressen|asuin*|bydlím*|адрес*|живу|живет|живёт|проживаю*|прожива*|адреса|мешкаю|проживання|yaşıyorum|adresim|adresi|oturuyorum|ikamet|\
lakcím*|lakom|locuiesc|διεύθυνση|μένω|địa chỉ|alamat|عنوان*|العنوان|أسكن|اسكن|أعيش|اعيش|آدرس|نشانی|زندگی می‌کنم|כתובת|גר ב|\
पता|रहता|रहती|地址|住址|住在|住所|住んで|居住|寄到|送到|ที่อยู่|주소|살고|거주|삽니다|사는";

const OTHER: &str = "\
order|orders|order id|order no|order number|ordered|invoice|invoices|receipt|tracking*|track|shipment|parcel|package|\
ticket|tickets|booking|reservation|confirmation|reference|ref|ref.|ref no|refno|case|case no|docket|claim|policy|\
*nummer|*nr|*nr.|contrat|contract|contrato|contratto|vertrag*|umow*|szerződés*|sopimu*|avtal*|*nummeret|*nummern|micrologiciel|isbn|issn|isni|orcid|ean|upc|gtin|asin|barcode|sku|mpn|imei|vin|doi|arxiv|pmid|rfc|cve|patent|version|versions|ver|v|\
release|build|commit|revision|rev|hash|sha|sha1|sha256|md5|checksum|crc|uuid|guid|id=|userid|user id|item id|session id|account id|device id|request id|trace id|message id|client id|project id|tenant id|object id|app id|page id|post id|session|\
serial|serial no|serial number|s/n|model|part|part no|part number|p/n|lot|batch|item|article|product|catalog|\
timestamp|timestamps|epoch|unix|ts|time:|time =|unix time|date|expires|firmware|software|driver|pid|port|ports|line|lines|row|rows|page|pages|pp|chapter|\
section|figure|table|value|values|score|total|sum|subtotal|amount|price|prices|cost|costs|usd|eur|gbp|inr|jpy|\
population|salary|budget|revenue|distance|weight|length|width|height|size|sizes|bytes|pixels|resolution|range|\
seed|seeds|random|pi|prime|primes|factorial|fibonacci|equation|sequence|array|matrix|vector|formula|calculate|compute|\
multiply|integer|float|decimal|binary|octal|hex|coordinates|latitude|longitude|lat|lng|lon|gps|meter reading|flight|\
customer no|customer number|client no|member no|membership|account no|frequent flyer|exit code|error code|error|code|\
zip|zip code|postcode|postal code|pin code|cep|code postal|código postal|plz|postleitzahl|postnr|postnummer|psč|индекс|tweet|status|issue|pull request|pr|bug|ticket no|job|task|process|thread|request|transaction|txn|\
awb|airway bill|docket no|odometer|mileage|voucher|coupon|gift card|promo|serials|registration no|registration number|reg no|licence key|license key|\
bestell*|auftrag*|rechnung*|sendung*|paket*|artikel*|artículo*|articolo|artigo|kenmerk|betalingskenmerk|kenteken|ersatzteil*|kundennummer|kunden-nr|vorgang*|aktenzeichen|belegnummer|seriennummer|\
zeitstempel|betrag|preis|summe|commande*|facture*|suivi|colis|référence*|dossier|montant|prix|numéro de série|lot|\
pedido*|factura*|seguimiento|envío|referencia|importe|precio|número de serie|ordine|ordini|fattura|spedizione|tracciamento|\
riferimento|importo|prezzo|encomenda|fatura|rastreio|rastreamento|nota fiscal|protocolo|preço|bestelling*|\
bestelnummer|factuur*|pakket*|klantnummer|ordernummer|zamówieni*|zamowieni*|faktur*|przesyłk*|paczk*|paragon|objednáv*|\
faktura|zásilk*|zásielk*|beställning*|paket*|ordre*|faktura*|tilaus*|lasku*|заказ*|счет-фактур*|накладн*|посылк*|трек*|\
артикул*|договор*|верси*|цена|сумм*|замовлен*|рахунок-фактур*|посилк*|версі*|ціна|sipariş*|müşteri*|ürün*|barkod*|fatura*|kargo*|takip*|\
sürüm|fiyat|rendelés*|számla*|comanda|comenzii|παραγγελία*|đơn hàng|pesanan|resi|طلب*|الطلب*|فاتورة|شحنة|تتبع|سفارش*|\
فاکتور|رهگیری|نسخه|הזמנה|חשבונית|ऑर्डर|बिल|चालान|订单*|訂單|单号|單號|快递|运单|發票|发票|编号|編號|版本|序列号|时间戳|价格|\
注文*|伝票|請求書|追跡|型番|バージョン|주문*|운송장|송장|버전|일련번호|가격";
