"""The countries that addresses are made for."""

# Each: code | name | currency | time zone | telephone | street and number, then streets, then cities with region, its
# code, postcode and area code. `#` is a digit. Telephones are in E.164, `@` for the area code, from ranges kept for
# fiction: NANPA 555-0100 to 0199, Ofcom 7700 900xxx, Arcep 01 99 00, Bundesnetzagentur (0)30 23125, ACMA 491 570, PTS
# 739 061. Countries that keep none get numbers with 555 in front.
TABLE = """
US | United States | USD | America/New_York | +1@55501## | {number} {name}
  Main Street, Oak Avenue, Maple Drive, Cedar Lane, Park Avenue, Washington Street, Lake Road, Hill Street,
  Market Street, Elm Street, Church Street, Mill Road, Highland Avenue, River Road, Sunset Boulevard, Pine
  Street, Franklin Street, Spring Street, 2nd Street, 5th Avenue;;
  Austin|Texas|TX|787##|512; Houston|Texas|TX|770##|713; Dallas|Texas|TX|752##|214; San
  Antonio|Texas|TX|782##|210; Miami|Florida|FL|331##|305; Tampa|Florida|FL|336##|813;
  Orlando|Florida|FL|328##|407; Jacksonville|Florida|FL|322##|904; Los Angeles|California|CA|900##|213; San
  Diego|California|CA|921##|619; San Francisco|California|CA|941##|415; Sacramento|California|CA|958##|916; New
  York|New York|NY|100##|212; Brooklyn|New York|NY|112##|718; Buffalo|New York|NY|142##|716;
  Chicago|Illinois|IL|606##|312; Philadelphia|Pennsylvania|PA|191##|215; Pittsburgh|Pennsylvania|PA|152##|412;
  Columbus|Ohio|OH|432##|614; Cleveland|Ohio|OH|441##|216; Atlanta|Georgia|GA|303##|404; Charlotte|North
  Carolina|NC|282##|704; Raleigh|North Carolina|NC|276##|919; Detroit|Michigan|MI|482##|313;
  Boston|Massachusetts|MA|021##|617; Seattle|Washington|WA|981##|206; Denver|Colorado|CO|802##|303;
  Phoenix|Arizona|AZ|850##|602; Tucson|Arizona|AZ|857##|520; Nashville|Tennessee|TN|372##|615;
  Memphis|Tennessee|TN|381##|901; Portland|Oregon|OR|972##|503; Las Vegas|Nevada|NV|891##|702;
  Minneapolis|Minnesota|MN|554##|612; St. Louis|Missouri|MO|631##|314; Baltimore|Maryland|MD|212##|410;
  Richmond|Virginia|VA|232##|804; Indianapolis|Indiana|IN|462##|317; Milwaukee|Wisconsin|WI|532##|414; Salt Lake
  City|Utah|UT|841##|801

CA | Canada | CAD | America/Toronto | +1@55501## | {number} {name}
  King Street, Queen Street, Maple Avenue, Bay Street, Victoria Road, Dundas Street;;
  Toronto|Ontario|ON|M5V 2T6|416; Ottawa|Ontario|ON|K1P 5M7|613; Vancouver|British Columbia|BC|V6B 1A1|604;
  Calgary|Alberta|AB|T2P 1J9|403; Halifax|Nova Scotia|NS|B3J 1M5|902

GB | United Kingdom | GBP | Europe/London | +447700900### | {number} {name}
  High Street, Station Road, Church Lane, Victoria Road, Mill Lane, Park Road, The Crescent, Queens Road;;
  London|Greater London|LND|EC# #AB|20; Manchester|Greater Manchester|MAN|M# #EH|161; Bristol|Bristol|BST|BS#
  #TJ|117; Leeds|West Yorkshire|LDS|LS# #DL|113; Edinburgh|Scotland|EDH|EH# #BW|131; Cardiff|Wales|CRF|CF##
  #AA|29; Birmingham|West Midlands|BIR|B# #RS|121

DE | Deutschland | EUR | Europe/Berlin | +493023125### | {name} {number}
  Hauptstraße, Bahnhofstraße, Gartenweg, Schillerstraße, Lindenallee, Goethestraße, Mühlenweg, Rosenstraße, Am
  Markt, Kirchgasse;;
  Berlin|Berlin|BE|10###|30; Hamburg|Hamburg|HH|20###|40; München|Bayern|BY|80###|89;
  Köln|Nordrhein-Westfalen|NW|50###|221; Frankfurt am Main|Hessen|HE|60###|69;
  Stuttgart|Baden-Württemberg|BW|70###|711; Leipzig|Sachsen|SN|04###|341; Bremen|Bremen|HB|28###|421;
  Hannover|Niedersachsen|NI|30###|511; Nürnberg|Bayern|BY|90###|911

AT | Österreich | EUR | Europe/Vienna | +431555#### | {name} {number}
  Hauptstraße, Bahnhofstraße, Ringstraße, Kirchengasse, Wiener Straße;;
  Wien|Wien|9|10#0|1; Graz|Steiermark|6|80#0|316; Linz|Oberösterreich|4|40#0|732; Salzburg|Salzburg|5|50#0|662;
  Innsbruck|Tirol|7|60#0|512

CH | Schweiz | CHF | Europe/Zurich | +41445550### | {name} {number}
  Bahnhofstrasse, Hauptstrasse, Seestrasse, Dorfstrasse, Kirchweg;;
  Zürich|Zürich|ZH|80##|44; Bern|Bern|BE|30##|31; Basel|Basel-Stadt|BS|40##|61; Luzern|Luzern|LU|60##|41; St.
  Gallen|St. Gallen|SG|90##|71

FR | France | EUR | Europe/Paris | +3319900#### | {number} {name}
  rue de la République, rue Victor Hugo, avenue Jean Jaurès, rue des Lilas, boulevard Voltaire, place de la
  Mairie, rue du Moulin;;
  Paris|Île-de-France|IDF|750##|1; Lyon|Auvergne-Rhône-Alpes|ARA|6900#|4; Marseille|Provence-Alpes-Côte
  d'Azur|PAC|1300#|4; Toulouse|Occitanie|OCC|31#00|5; Bordeaux|Nouvelle-Aquitaine|NAQ|33#00|5; Nantes|Pays de la
  Loire|PDL|44#00|2; Lille|Hauts-de-France|HDF|59#00|3; Strasbourg|Grand Est|GES|67#00|3

ES | España | EUR | Europe/Madrid | +3495550#### | {name} {number}
  Calle Mayor, Avenida de la Constitución, Calle del Sol, Plaza de España, Calle Real, Paseo del Prado;;
  Madrid|Madrid|MD|280##|91; Barcelona|Cataluña|CT|080##|93; Valencia|Comunidad Valenciana|VC|460##|96;
  Sevilla|Andalucía|AN|410##|95; Bilbao|País Vasco|PV|480##|94; Málaga|Andalucía|AN|290##|95

MX | México | MXN | America/Mexico_City | +52555550#### | {name} {number}
  Avenida Reforma, Calle Hidalgo, Avenida Juárez, Calle Morelos, Calle Allende;;
  Ciudad de México|Ciudad de México|CMX|06###|55; Guadalajara|Jalisco|JAL|44###|33; Monterrey|Nuevo
  León|NLE|64###|81; Puebla|Puebla|PUE|72###|222

IT | Italia | EUR | Europe/Rome | +3906555#### | {name} {number}
  Via Roma, Via Garibaldi, Corso Italia, Via Dante, Viale Europa, Piazza Mazzini;;
  Roma|Lazio|LAZ|001##|06; Milano|Lombardia|LOM|201##|02; Torino|Piemonte|PIE|101##|011;
  Napoli|Campania|CAM|801##|081; Bologna|Emilia-Romagna|EMR|401##|051; Firenze|Toscana|TOS|501##|055

NL | Nederland | EUR | Europe/Amsterdam | +31205550### | {name} {number}
  Dorpsstraat, Kerkstraat, Stationsweg, Molenweg, Hoofdstraat, Julianalaan;;
  Amsterdam|Noord-Holland|NH|10## AB|20; Rotterdam|Zuid-Holland|ZH|30## CD|10; Utrecht|Utrecht|UT|35## EK|30;
  Eindhoven|Noord-Brabant|NB|56## GH|40; Groningen|Groningen|GR|97## KL|50

PL | Polska | PLN | Europe/Warsaw | +48225550### | ul. {name} {number}
  Polna, Leśna, Słoneczna, Krótka, Szkolna, Ogrodowa, Lipowa;;
  Warszawa|Mazowieckie|MZ|00-###|22; Kraków|Małopolskie|MA|30-###|12; Wrocław|Dolnośląskie|DS|50-###|71;
  Poznań|Wielkopolskie|WP|60-###|61; Gdańsk|Pomorskie|PM|80-###|58

SE | Sverige | SEK | Europe/Stockholm | +46739061### | {name} {number}
  Storgatan, Kyrkogatan, Skolgatan, Drottninggatan, Parkvägen;;
  Stockholm|Stockholms län|AB|11# ##|8; Göteborg|Västra Götalands län|O|41# ##|31; Malmö|Skåne län|M|21# ##|40;
  Uppsala|Uppsala län|C|75# ##|18

BR | Brasil | BRL | America/Sao_Paulo | +55115550#### | {name}, {number}
  Rua das Flores, Avenida Paulista, Rua São João, Rua XV de Novembro, Avenida Brasil;;
  São Paulo|São Paulo|SP|01###-###|11; Rio de Janeiro|Rio de Janeiro|RJ|20###-###|21; Belo Horizonte|Minas
  Gerais|MG|30###-###|31; Curitiba|Paraná|PR|80###-###|41; Porto Alegre|Rio Grande do Sul|RS|90###-###|51

PT | Portugal | EUR | Europe/Lisbon | +351215550### | {name} {number}
  Rua Direita, Avenida da Liberdade, Rua do Comércio, Rua da Igreja;;
  Lisboa|Lisboa|11|1###-###|21; Porto|Porto|13|4###-###|22; Braga|Braga|03|47##-###|253;
  Coimbra|Coimbra|06|30##-###|239

AU | Australia | AUD | Australia/Sydney | +61491570### | {number} {name}
  George Street, King Street, Victoria Street, Station Street, Park Road;;
  Sydney|New South Wales|NSW|20##|2; Melbourne|Victoria|VIC|30##|3; Brisbane|Queensland|QLD|40##|7;
  Perth|Western Australia|WA|60##|8; Adelaide|South Australia|SA|50##|8

IN | India | INR | Asia/Kolkata | +9155550##### | {number} {name}
  MG Road, Station Road, Gandhi Marg, Park Street, Nehru Road;;
  Mumbai|Maharashtra|MH|4000##|22; Bengaluru|Karnataka|KA|5600##|80; Delhi|Delhi|DL|1100##|11; Chennai|Tamil
  Nadu|TN|6000##|44; Pune|Maharashtra|MH|4110##|20

JP | 日本 | JPY | Asia/Tokyo | +81355550### | {name}{number}-{number}
  本町, 中央, 栄町, 緑町, 旭町, 桜台;;
  東京|東京都|13|1##-00##|3; 大阪|大阪府|27|5##-00##|6; 名古屋|愛知県|23|4##-00##|52; 横浜|神奈川県|14|2##-00##|45;
  福岡|福岡県|40|8##-00##|92

CN | 中国 | CNY | Asia/Shanghai | +86105550#### | {name}{number}号
  人民路, 中山路, 解放路, 建设路, 和平路;;
  北京|北京市|BJ|1000##|10; 上海|上海市|SH|2000##|21; 广州|广东省|GD|5100##|20;
  深圳|广东省|GD|5180##|755; 成都|四川省|SC|6100##|28

KR | 대한민국 | KRW | Asia/Seoul | +8225550### | {name} {number}
  세종대로, 테헤란로, 강남대로, 중앙로, 한강대로;;
  서울|서울특별시|11|04###|2; 부산|부산광역시|26|48###|51; 인천|인천광역시|28|22###|32; 대구|대구광역시|27|41###|53

RU | Россия | RUB | Europe/Moscow | +7495555#### | ул. {name}, {number}
  Ленина, Мира, Садовая, Гагарина, Советская, Лесная;;
  Москва|Москва|MOW|1010##|495; Санкт-Петербург|Санкт-Петербург|SPE|1900##|812; Казань|Татарстан|TA|4200##|843;
  Екатеринбург|Свердловская область|SVE|6200##|343

UA | Україна | UAH | Europe/Kyiv | +38044555#### | вул. {name}, {number}
  Шевченка, Лесі Українки, Франка, Садова, Соборна;;
  Київ|Київ|30|010##|44; Львів|Львівська область|46|790##|32; Одеса|Одеська область|51|650##|48

TR | Türkiye | TRY | Europe/Istanbul | +90212555#### | {name} No: {number}
  Atatürk Caddesi, İstiklal Caddesi, Cumhuriyet Caddesi, Gazi Caddesi;;
  İstanbul|İstanbul|34|34###|212; Ankara|Ankara|06|06###|312; İzmir|İzmir|35|35###|232; Bursa|Bursa|16|16###|224

GR | Ελλάδα | EUR | Europe/Athens | +30210555#### | {name} {number}
  Ερμού, Σταδίου, Πανεπιστημίου, Αθηνάς, Πατησίων;;
  Αθήνα|Αττική|I|105 ##|210; Θεσσαλονίκη|Κεντρική Μακεδονία|B|546 ##|231; Πάτρα|Δυτική Ελλάδα|G|262 ##|261

CZ | Česko | CZK | Europe/Prague | +420255555### | {name} {number}
  Nádražní, Školní, Zahradní, Masarykova, Husova;;
  Praha|Praha|10|110 0#|2; Brno|Jihomoravský kraj|64|602 0#|5; Ostrava|Moravskoslezský kraj|80|702 0#|59

HU | Magyarország | HUF | Europe/Budapest | +361555#### | {name} {number}.
  Kossuth Lajos utca, Petőfi Sándor utca, Rákóczi út, Fő utca;;
  Budapest|Budapest|BU|10##|1; Debrecen|Hajdú-Bihar|HB|40##|52; Szeged|Csongrád-Csanád|CS|67##|62

RO | România | RON | Europe/Bucharest | +4021555#### | {name} {number}
  Strada Libertății, Bulevardul Unirii, Strada Mihai Eminescu, Calea Victoriei;;
  București|București|B|0100##|21; Cluj-Napoca|Cluj|CJ|4000##|264; Timișoara|Timiș|TM|3000##|256

DK | Danmark | DKK | Europe/Copenhagen | +4555550### | {name} {number}
  Hovedgaden, Vestergade, Kirkevej, Søndergade, Strandvejen;;
  København|Hovedstaden|84|1###|33; Aarhus|Midtjylland|82|80##|86; Odense|Syddanmark|83|50##|66

NO | Norge | NOK | Europe/Oslo | +4755550### | {name} {number}
  Storgata, Kirkegata, Skolegata, Strandgata, Parkveien;;
  Oslo|Oslo|03|01##|22; Bergen|Vestland|46|50##|55; Trondheim|Trøndelag|50|70##|73

FI | Suomi | EUR | Europe/Helsinki | +35895550### | {name} {number}
  Mannerheimintie, Hämeenkatu, Aleksanterinkatu, Koulukatu, Rantatie;;
  Helsinki|Uusimaa|18|001##|9; Tampere|Pirkanmaa|11|331##|3; Turku|Varsinais-Suomi|19|201##|2

BE | België | EUR | Europe/Brussels | +3225550### | {name} {number}
  Kerkstraat, Stationsstraat, Nieuwstraat, Molenstraat;;
  Brussel|Brussel|BRU|10##|2; Antwerpen|Antwerpen|VAN|20##|3; Gent|Oost-Vlaanderen|VOV|90##|9

IE | Ireland | EUR | Europe/Dublin | +35315550### | {number} {name}
  Main Street, O'Connell Street, Patrick Street, Church Road;;
  Dublin|Leinster|L|D0# A###|1; Cork|Munster|M|T12 A###|21; Galway|Connacht|C|H91 A###|91

NZ | New Zealand | NZD | Pacific/Auckland | +6495550### | {number} {name}
  Queen Street, King Street, Victoria Street, George Street;;
  Auckland|Auckland|AUK|10##|9; Wellington|Wellington|WGN|60##|4; Christchurch|Canterbury|CAN|80##|3

ZA | South Africa | ZAR | Africa/Johannesburg | +27115550### | {number} {name}
  Main Road, Church Street, Voortrekker Road, Long Street;;
  Johannesburg|Gauteng|GP|20##|11; Cape Town|Western Cape|WC|80##|21; Durban|KwaZulu-Natal|KZN|40##|31

AR | Argentina | ARS | America/Argentina/Buenos_Aires | +54115550#### | {name} {number}
  Avenida San Martín, Calle Belgrano, Avenida Rivadavia, Calle Mitre;;
  Buenos Aires|Buenos Aires|C|10##|11; Córdoba|Córdoba|X|50##|351; Rosario|Santa Fe|S|20##|341

CL | Chile | CLP | America/Santiago | +5625550#### | {name} {number}
  Avenida Libertador, Calle O'Higgins, Avenida Providencia, Calle Prat;;
  Santiago|Región Metropolitana|RM|83#0000|2; Valparaíso|Valparaíso|VS|23#0000|32; Concepción|Biobío|BI|40#0000|41

CO | Colombia | COP | America/Bogota | +576015550### | {name} # {number}-20
  Carrera 7, Calle 72, Avenida El Dorado, Carrera 15;;
  Bogotá|Bogotá|DC|1101##|601; Medellín|Antioquia|ANT|0500##|604; Cali|Valle del Cauca|VAC|7600##|602

SA | السعودية | SAR | Asia/Riyadh | +966115550### | {name} {number}
  شارع الملك فهد, شارع العليا, طريق الملك عبدالله, شارع التحلية;;
  الرياض|الرياض|01|12###|11; جدة|مكة المكرمة|02|23###|12; الدمام|الشرقية|04|32###|13

IL | ישראל | ILS | Asia/Jerusalem | +97235550### | {name} {number}
  הרצל, ויצמן, ז'בוטינסקי, בן גוריון, רוטשילד;;
  תל אביב|תל אביב|TA|61####0|3; ירושלים|ירושלים|JM|91####0|2; חיפה|חיפה|HA|31####0|4

TH | ประเทศไทย | THB | Asia/Bangkok | +6625550### | {number} {name}
  ถนนสุขุมวิท, ถนนพระราม 4, ถนนสีลม, ถนนเพชรบุรี;;
  กรุงเทพฯ|กรุงเทพมหานคร|10|101#0|2; เชียงใหม่|เชียงใหม่|50|502#0|53; ภูเก็ต|ภูเก็ต|83|830#0|76

VN | Việt Nam | VND | Asia/Ho_Chi_Minh | +842455550### | {number} {name}
  Nguyễn Huệ, Lê Lợi, Trần Hưng Đạo, Hai Bà Trưng;;
  Hà Nội|Hà Nội|HN|1000##|24; Hồ Chí Minh|Hồ Chí Minh|SG|7000##|28; Đà Nẵng|Đà Nẵng|DN|5500##|236

ID | Indonesia | IDR | Asia/Jakarta | +62215550### | {name} No. {number}
  Jalan Sudirman, Jalan Thamrin, Jalan Merdeka, Jalan Diponegoro;;
  Jakarta|DKI Jakarta|JK|101##|21; Surabaya|Jawa Timur|JI|602##|31; Bandung|Jawa Barat|JB|401##|22

TW | 台灣 | TWD | Asia/Taipei | +88625550#### | {name}{number}號
  中山路, 中正路, 民生路, 忠孝路;;
  台北|台北市|TPE|1##|2; 高雄|高雄市|KHH|8##|7; 台中|台中市|TXG|4##|4
"""
