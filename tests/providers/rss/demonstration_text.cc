#include "tests/providers/rss/demonstration_text.h"

namespace circuit::providers::rss {
namespace {

constexpr DemonstrationItem kHarbour[] = {
    {"low-water", "Low water strands the morning ferry for the third time this month", "Ruth Calloway",
     "ferry,harbour",
     R"(<p>The 7.10 to Sandholm sat on the mud for fifty minutes on Tuesday while forty passengers drank the crew's tea. It was the third time in a month, and the harbour office now says the channel has silted up by almost a metre since the last survey.</p>
<p>Dredging is booked for the second week of the new year. Until then the two earliest crossings leave from the outer pier, which has <a href="https://harbourlight.example/pier">no shelter and one bench</a>.</p>
<p><img src="https://harbourlight.example/images/low-water.jpg" alt="The ferry on the mud at low tide"/></p>
)"},
    {"fish-hall", "Fish hall to reopen with half the stalls and all of the noise", "Ruth Calloway",
     "market,town",
     R"(<p>After two years behind scaffolding the fish hall opens again on Saturday. There will be eleven stalls instead of twenty-two, a new drain that everybody is proud of, and the old bell.</p>
<blockquote><p>People ask where the other eleven went. They retired. We are fishmongers, not statues.</p></blockquote>
<p>Opening hours stay as they were: from six until the fish is gone.</p>
)"},
    {"lamp-keeper", "The woman who has counted every lamp on the quay since 1981", "Dov Ansell", "people",
     R"(<p>There are 214 lamps between the customs house and the breakwater, and Marit Soll knows which of them hum. She walks the line every Thursday with a notebook and reports the dark ones to the council, which has long stopped sending anybody of its own.</p>
<p>Her records fill nineteen notebooks. The museum has asked for them; she has lent it the first four, on the condition that they are returned if anyone needs to look something up.</p>
<ul><li>Most reliable lamp: number 88, never dark.</li><li>Least: number 140, dark 61 times.</li></ul>
)"},
    {"crane", "Council votes to keep the old crane, by one hand", "Dov Ansell", "council,harbour",
     R"(<p>The steam crane on the north quay stays. After three hours of debate the council voted eight to seven to repair it rather than sell it for scrap, with the deciding hand raised late enough that it had to be counted twice.</p>
<table><tr><th>Option</th><th>Cost</th></tr><tr><td>Repair</td><td>310,000</td></tr><tr><td>Remove</td><td>275,000</td></tr></table>
<p>Work begins when the herons that nest in the jib have gone.</p>
)"},
    {"dredger-arrives", "The dredger has arrived, a fortnight early", "Ruth Calloway", "ferry,harbour",
     R"(<p>Nobody expected the dredger before January, least of all the harbour office, which found it moored at the outer pier on Monday morning with its crew asking where to begin.</p>
<p>The ferry company says the normal timetable could be back by the end of next week.</p>
)"},
    {"winter-swim", "Ninety people swam on the shortest day, and all came back", "Dov Ansell", "people,town",
     R"(<p>The water was four degrees. The oldest swimmer was eighty-three, the youngest was nine, and the soup was ready when they came out.</p>
<p>Photographs are in <a href="https://harbourlight.example/articles/winter-swim/photos">the gallery</a>.</p>
)"},
};

constexpr DemonstrationItem kBuildRoom[] = {
    {"clock-that-ran-backwards", "The clock that ran backwards", "Imre Vadas", "incident,time",
     R"(<p>At 03:12 one machine out of forty decided that it was 03:09 again. Nothing crashed, which was the problem: a queue that ordered its work by wall-clock time simply started doing yesterday's work first.</p>
<p>We had used the system clock to measure how long something had waited. The fix is one line and everybody knows it:</p>
<pre><code>const start = monotonic_now();
work();
record(monotonic_now() - start);</code></pre>
<p>The rule we wrote down afterwards: <em>the wall clock is for people, the monotonic clock is for programs</em>.</p>
)"},
    {"retries", "Our retries were the outage", "Ngozi Bellweather", "incident,reliability",
     R"(<p>A dependency was slow for ninety seconds. We were down for forty minutes. The difference was us: every layer retried three times, and there were four layers, so each user's click became eighty-one requests.</p>
<ol><li>Retries now live in exactly one layer.</li><li>They spend from a budget of ten per cent of the traffic.</li><li>They wait a random time, and they honour what the other side asks for.</li></ol>
<p>The graph of the next slow dependency is boring, and we have framed it.</p>
)"},
    {"flaky-test", "A flaky test that was right all along", "Imre Vadas", "testing",
     R"(<p>For two years a test failed about once in four hundred runs, and for two years we pressed the button again. Last week somebody asked what would have to be true for the failure to be real.</p>
<p>Two writers, one file, and a rename that was not followed by a sync of the directory. A power cut at the wrong moment would have lost a customer's settings. The test had been telling us so, politely, four hundred runs at a time.</p>
)"},
    {"deleting-code", "Six months of deleting code", "Ngozi Bellweather", "practice",
     R"(<p>We set ourselves a goal of removing a tenth of the code base without removing a feature. It took six months and we reached an eighth.</p>
<p>Half of it was abstraction over things that turned out to exist only once. Build time went from eleven minutes to seven, but what people mention is that they can find things.</p>
)"},
    {"backups", "We restored a backup on purpose", "Imre Vadas", "reliability,practice",
     R"(<p>Every quarter we now pick a service from a hat and restore it from its backup onto empty machines, with the people who wrote it sitting on their hands.</p>
<p>This time it took nine hours. Seven of them went into finding a certificate that existed only on the machine we were pretending to have lost.</p>
)"},
    {"small-queue", "In praise of the small queue", "Ngozi Bellweather", "design",
     R"(<p>A queue of ten thousand does not make a slow consumer faster. It makes everyone wait longer to find out. Ours now holds sixty-four, and says no.</p>
)"},
};

constexpr DemonstrationItem kLoaf[] = {
    {"starter", "Your starter is fine", "Odile Marchetti", "basics",
     R"(<p>Most of the letters I get are about starters that are not dead. Grey liquid on top is hunger. A smell of apples is hunger too. Pink is the only colour that should worry you.</p>
<p>Feed it equal weights of flour and water, leave it somewhere you would be comfortable in a shirt, and come back tomorrow.</p>
)"},
    {"water", "How much water is enough", "Odile Marchetti", "basics,flour",
     R"(<p>Seventy per cent is where a dough stops being polite and starts being interesting. Above eighty it becomes a hobby.</p>
<table><tr><th>Flour</th><th>Water</th><th>What to expect</th></tr><tr><td>500 g</td><td>325 g</td><td>sandwiches</td></tr><tr><td>500 g</td><td>375 g</td><td>holes</td></tr><tr><td>500 g</td><td>425 g</td><td>a mess, then holes</td></tr></table>
)"},
    {"rye", "Rye does not want to be kneaded", "Odile Marchetti", "rye",
     R"(<p>Rye has hardly any gluten to develop, so stop trying. Stir it as you would a stiff porridge, smooth it with a wet spatula, and let time do what your arms cannot.</p>
<p>Cut it the day after. I mean it: <strong>the day after</strong>.</p>
)"},
    {"oven", "A cheap thermometer and an honest oven", "Odile Marchetti", "tools",
     R"(<p>My oven says 250 and means 218. Yours lies too, only about something else. A thermometer costs less than a bag of good flour.</p>
)"},
    {"salt", "Forgetting the salt, and how to tell before it is too late", "Odile Marchetti", "basics",
     R"(<p>Dough without salt is slack, sticky and in a great hurry. If it has doubled an hour early, taste it. You can still knead the salt in with a spoonful of water.</p>
)"},
    {"crust", "Why the crust sings", "Odile Marchetti", "science",
     R"(<p>Take the loaf out and listen. The crust cools and shrinks faster than the crumb, and the crackle is a hundred small arguments between them.</p>
)"},
};

constexpr DemonstrationItem kTrain[] = {
    {"night-cook", "Episode 1: The night cook", "Tamsin Oyelaran", "podcast,work",
     R"(<p>Between Carrick and Moss End, Bernadette explains how to feed three hundred people at two in the morning, and why hospital toast is never brown.</p>
<p>Recorded in coach C. There is a trolley in the seventh minute.</p>
)",
     28'311'552, 1770},
    {"map-maker", "Episode 2: The man who draws the wrong maps", "Tamsin Oyelaran", "podcast,maps",
     R"(<p>Every commercial map has a street in it that does not exist, so that copies can be told from the original. Anselm has invented sixty of them, and named each for someone he went to school with.</p>
)",
     31'457'280, 1965},
    {"bell-tuner", "Episode 3: Tuning a bell with a lathe", "Tamsin Oyelaran", "podcast,music",
     R"(<p>You can take metal away from a bell, but you cannot put it back. Yusra has tuned four hundred of them and remembers the two that she got wrong.</p>
<p>Sound of a tunnel from 14:20, for which we apologize.</p>
)",
     25'690'112, 1604},
    {"lost-property", "Episode 4: Nine thousand umbrellas", "Tamsin Oyelaran", "podcast,work",
     R"(<p>The lost property office under the station keeps everything for ninety days. A prosthetic leg, a cello, an urn, and more umbrellas than rain could explain.</p>
)",
     29'884'416, 1868},
    {"signal-box", "Episode 5: The last signal box on the line", "Tamsin Oyelaran", "podcast,railway",
     R"(<p>Fifty-two levers, a stove and a cat. From spring the signals will be set from a screen two hundred miles away; until then Gwil polishes the brass.</p>
)",
     33'030'144, 2064},
    {"return", "Episode 6: The same train, going back", "Tamsin Oyelaran", "podcast",
     R"(<p>We returned to the people of the first five episodes and asked what they had thought of theirs. Bernadette says that the toast is brown now.</p>
)",
     41'943'040, 2621},
};

constexpr DemonstrationItem kWeather[] = {
    {"sturmflut", "Erste Sturmflut des Winters bleibt unter der Marke", "Jörg Hansen", "Sturmflut,Küste",
     R"(<p>In der Nacht zum Mittwoch stieg das Wasser auf 1,8 Meter über dem mittleren Hochwasser. Die Fähren fielen aus, die Deiche blieben trocken, und am Morgen lag Tang auf der Straße bis zum Bäcker.</p>
<p>Die nächste Warnstufe erwarten wir frühestens am Wochenende.</p>
)"},
    {"nebel", "Drei Tage Nebel, und warum er nicht weicht", "Jörg Hansen", "Nebel",
     R"(<p>Warme Luft über kaltem Wasser, kein Wind und eine Sonne, die kaum über die Bäume kommt: Mehr braucht es nicht. Der Nebel löst sich erst, wenn der Wind auf Nordwest dreht, vermutlich am Donnerstag gegen Mittag.</p>
)"},
    {"eis", "Das Eis trägt noch nicht", "Maike Jürgens", "Eis,Warnung",
     R"(<p>Auf den Seen hinter dem Deich liegen zwei bis vier Zentimeter Eis. Das genügt für Möwen. Für Menschen beginnt es bei fünfzehn, und auch dann nicht unter der Brücke.</p>
<ul><li>Großer See: 4 cm</li><li>Mühlenteich: 3 cm</li><li>Hafenbecken: offen</li></ul>
)"},
    {"rueckblick", "Der November in Zahlen: zu nass, zu mild, zu grau", "Jörg Hansen", "Rückblick",
     R"(<p>Achtundzwanzig Sonnenstunden im ganzen Monat, dafür 142 Liter Regen auf den Quadratmeter. Nur 1998 war grauer, und damals schrieb noch niemand Wetterbriefe.</p>
)"},
    {"boeen", "Böen bis Windstärke 10 am Freitagabend", "Maike Jürgens", "Sturm,Warnung",
     R"(<p>Ein Tief zieht schneller heran als erwartet. Bitte Blumenkübel, Fahrräder und Trampoline hereinholen; letztere finden wir sonst wieder im Hafenbecken.</p>
)"},
    {"sonne", "Endlich Sonne", "Jörg Hansen", "Ausblick",
     R"(<p>Sechs Stunden sind angekündigt. Wir schreiben mehr, wenn wir wieder drinnen sind.</p>
)"},
};

constexpr DemonstrationItem kLibrary[] = {
    {"new-books", "十一月の新着図書", "みなと図書館", "新着図書",
     R"(<p>今月は四十二冊の本が新しく入りました。港の歴史、海辺の植物、そして小さな台所のための料理の本が人気です。</p>
<p>貸出は一人十冊まで、二週間です。</p>
)"},
    {"story-hour", "土曜日のおはなし会", "みなと図書館", "催し,こども",
     R"(<p>毎週土曜日の午後二時から、二階の児童室でおはなし会を開きます。今週の絵本は、灯台に住む猫のお話です。</p>
<p>申し込みはいりません。赤ちゃんの声も歓迎です。</p>
)"},
    {"map-exhibition", "古地図の展示が始まりました", "佐々木 文", "展示,港",
     R"(<p>百年前の港の地図を一階で展示しています。今はない橋や、名前の変わった通りを探してみてください。展示は年末までです。</p>
)"},
    {"closing-days", "年末年始の休館日", "みなと図書館", "お知らせ",
     R"(<p>十二月二十九日から一月三日まで休館します。返却ポストは休みの間もご利用になれます。</p>
)"},
    {"reading-room", "閲覧室の席が増えました", "佐々木 文", "お知らせ",
     R"(<p>窓側に十二席を増やしました。海が見える席は、お一人二時間まででお願いします。</p>
)"},
    {"repair-day", "本の修理を手伝ってくださる方へ", "みなと図書館", "催し",
     R"(<p>一月の第二日曜日に、傷んだ本を直す会を開きます。糊とはさみはこちらで用意します。</p>
)"},
};

} // namespace

const std::span<const DemonstrationItem> kHarbourItems = kHarbour;
const std::span<const DemonstrationItem> kBuildRoomItems = kBuildRoom;
const std::span<const DemonstrationItem> kLoafItems = kLoaf;
const std::span<const DemonstrationItem> kTrainItems = kTrain;
const std::span<const DemonstrationItem> kWeatherItems = kWeather;
const std::span<const DemonstrationItem> kLibraryItems = kLibrary;

} // namespace circuit::providers::rss
