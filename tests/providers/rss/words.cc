#include "tests/providers/rss/words.h"

namespace circuit::providers::rss {
namespace {

using W = std::string_view;

constexpr W kEnglish[] = {"harbour",   "ledger",  "Q&A",   "editor's", "winter",  "signal",
                          "paper",     "north",   "café",  "“quiet”",  "bridge",  "garden",
                          "report",    "a",       "the",   "of",       "under",   "between",
                          "R&D",       "morning", "price", "engine",   "river",   "minutes",
                          "committee", "plan",    "first", "second",   "without", "open"};
constexpr W kGerman[] = {"Straße",  "Übung",  "größer", "Mädchen", "und",   "der",    "Fluss",
                         "Öffnung", "Brücke", "Zürich", "schön",   "für",   "Gemüse", "Prüfung",
                         "ähnlich", "Maß",    "Bäume",  "Möwe",    "Küste", "heute"};
constexpr W kFrench[] = {"été",  "où",   "naïve",   "garçon",  "à",       "l’hiver", "forêt",
                         "Noël", "déjà", "château", "élève",   "être",    "très",    "français",
                         "le",   "la",   "rivière", "théâtre", "bientôt", "marché"};
constexpr W kPolish[] = {"zażółć", "gęślą",  "jaźń",    "łódź", "święto", "rzeka", "miasto", "źródło",
                         "ćma",    "więcej", "książka", "żółw", "pociąg", "dzień", "noc",    "śnieg"};
constexpr W kGreek[] = {"θάλασσα",  "βιβλίο", "ημέρα", "νύχτα",  "πόλη", "ποτάμι", "ελιά", "φως",
                        "χειμώνας", "και",    "το",    "δρόμος", "ψωμί", "ξύλο",   "ώρα",  "ήλιος"};
constexpr W kRussian[] = {"зима",       "мост",  "книга", "ёлка", "и",       "в",  "река", "город", "утро",
                          "объявление", "съезд", "хлеб",  "щит",  "широкий", "юг", "эхо",  "чай",   "дорога"};
constexpr W kArabic[] = {"كتاب", "مدينة", "نهر",    "صباح", "جسر", "شتاء", "لغة",  "سوق",
                         "و",    "في",    "الطريق", "قمر",  "شمس", "خبز",  "مُدَرِّس", "بحر"};
constexpr W kHebrew[] = {"ספר", "עיר", "נהר", "בוקר", "גשר", "חורף", "שפה", "שוק",
                         "של",  "דרך", "ירח", "שמש",  "לחם", "מורֶה", "ים",  "אור"};
constexpr W kHindi[] = {"किताब", "शहर", "नदी",   "सुबह", "पुल",  "सर्दी", "भाषा",  "बाज़ार",
                        "और",    "में",   "रास्ता", "चाँद", "सूरज", "रोटी", "शिक्षक", "समुद्र"};
constexpr W kChinese[] = {"城市", "河流", "早晨", "桥",   "冬天", "语言", "市场", "和",   "在",
                          "道路", "月亮", "太阳", "面包", "老师", "大海", "報告", "书籍", "𠮷野"};
constexpr W kJapanese[] = {"都市", "川",       "朝",       "橋",       "冬",   "言語", "市場",
                           "と",   "に",       "道",       "月",       "太陽", "パン", "先生",
                           "海",   "レポート", "ひらがな", "カタカナ", "能",   "表示"};
constexpr W kKorean[] = {"도시", "강", "아침", "다리", "겨울", "언어",   "시장", "그리고",
                         "에서", "길", "달",   "태양", "빵",   "선생님", "바다", "보고서"};
constexpr W kThai[] = {"เมือง", "แม่น้ำ", "เช้า",     "สะพาน", "ฤดูหนาว", "ภาษา", "ตลาด", "และ",
                       "ใน",   "ถนน",  "พระจันทร์", "ขนมปัง", "ครู",     "ทะเล", "น้ำ",   "ผู้ใหญ่"};
constexpr W kEmoji[] = {"🚲",  "👩‍🔬", "🏳️‍🌈", "release", "👍🏽", "notes",
                        "🇺🇳", "é",           "update",         "🧭",    "𝔘𝔫𝔦",      "ﬁne",
                        "½",  "weekly",      "🪴",           "now",     "Z͑ͫ"};

} // namespace

std::span<const W> words_of(Script script) {
  switch (script) {
    case Script::kEnglish:
      return kEnglish;
    case Script::kGerman:
      return kGerman;
    case Script::kFrench:
      return kFrench;
    case Script::kPolish:
      return kPolish;
    case Script::kGreek:
      return kGreek;
    case Script::kRussian:
      return kRussian;
    case Script::kArabic:
      return kArabic;
    case Script::kHebrew:
      return kHebrew;
    case Script::kHindi:
      return kHindi;
    case Script::kChinese:
      return kChinese;
    case Script::kJapanese:
      return kJapanese;
    case Script::kKorean:
      return kKorean;
    case Script::kThai:
      return kThai;
    case Script::kEmoji:
      return kEmoji;
  }
  return kEnglish;
}

W word_space(Script script) {
  return script == Script::kChinese || script == Script::kJapanese || script == Script::kThai ? "" : " ";
}

W full_stop(Script script) {
  if (script == Script::kChinese || script == Script::kJapanese) return "。";
  return script == Script::kHindi ? "।" : ".";
}

} // namespace circuit::providers::rss
