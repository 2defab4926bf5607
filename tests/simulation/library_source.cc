#include <charconv>
#include <vector>

#include "tests/providers/library/simulator.h"
#include "tests/providers/library/world.h"
#include "tests/simulation/source.h"

namespace circuit::simulation {
namespace {

using providers::library::Document;
using providers::library::Edition;
using providers::library::Library;

// Remembers which documents it served old versions of.
class Watched final : public providers::SimulatedProvider {
 public:
  explicit Watched(const Library& library) : simulator_(library) {}
  providers::SimResponse respond(const providers::SimRequest& request, SystemTime now,
                                 std::optional<providers::ContentFault> fault) override {
    constexpr std::string_view kFiles = "/files/";
    const std::string path(request.path());
    if (fault == providers::ContentFault::kStale && path.starts_with(kFiles)) {
      served_old.insert(path.substr(kFiles.size()));
    }
    return simulator_.respond(request, now, fault);
  }
  std::set<std::string> served_old;

 private:
  providers::library::LibrarySimulator simulator_;
};

class LibrarySource final : public Source {
 public:
  explicit LibrarySource(const SourcePlan& plan)
      : objections_(plan.objections), library_("lib" + std::to_string(plan.index)), simulator_(library_) {
    SeededRandom random(plan.seed);
    const size_t folders = random.below(4);
    for (size_t i = 0; i < folders; ++i) {
      library_.add_folder(random.below(library_.folders().size()), "Folder " + std::to_string(i));
    }
    for (size_t i = 0; i < plan.documents; ++i) add(random);
  }

  providers::SimulatedProvider& model() override { return simulator_; }
  std::string host() const override { return library_.name() + ".example"; }
  v1::Feed feed(const FeedPlan& plan) const override {
    v1::Feed feed = plan.settings;
    feed.set_provider("library");
    feed.mutable_rss()->set_url("http://" + host() + (plan.listing ? "/listing" : "/changes") +
                                "?size=" + std::to_string(plan.page_size));
    return feed;
  }

  std::string change(Random& random, double removals, SystemTime) override {
    const std::vector<std::string> live = live_documents();
    if (live.empty() || random.chance(0.3)) return "add " + add(random);
    const std::string id = live[random.below(live.size())];
    if (random.chance(0.4 * removals)) {
      library_.remove(id);
      return "remove " + id;
    }
    if (random.chance(0.1)) return come_back(random);
    switch (random.below(13)) {
      case 0:
      case 1:
      case 2:
        library_.edit(id);
        return "edit " + id;
      case 3:
        library_.touch(id);
        return "touch " + id;
      case 4:
        library_.rename(id, "Renamed " + std::to_string(random.below(1000)));
        return "rename " + id;
      case 5:
        library_.move(id, random.below(library_.folders().size()));
        return "move " + id;
      case 6:
        if (objections_) library_.set_bad(id, !library_.find(id)->bad);
        return "bad or good " + id;
      case 7:
        library_.expire_tokens();
        return "expire tokens";
      case 8:
        library_.expire_markers();
        return "expire markers";
      case 9:
        library_.rename_folder(random.below(library_.folders().size()), "Other name");
        return "rename folder";
      case 10:
        library_.revert(id);
        return "revert " + id;
      default:
        return permit_or_forbid(random);
    }
  }
  void remove_many(Random& random, SystemTime) override {
    for (const std::string& id : live_documents()) {
      if (random.chance(0.7)) library_.remove(id);
    }
  }
  void calm(SystemTime) override {
    for (size_t i = 0; i < library_.folders().size(); ++i) library_.forbid(i, false);
  }

  std::string impossible(const v1::Document& document) const override {
    const Document* known = library_.find(document.external_id());
    if (known == nullptr) return "no such document";
    Edition edition;
    edition.content = static_cast<uint32_t>(revision_of(document));
    if (edition.content == 0 || edition.content > known->last_content) return "no such revision";
    if (document.text() != library_.text(*known, edition)) return "a text that no revision has";
    return {};
  }
  uint64_t version_number(const v1::Document& document) const override {
    const bool old = simulator_.served_old.contains(document.external_id());
    return old ? 0 : tag_of(document);
  }
  bool may_remove(const FeedPlan&, const std::string& id) const override {
    const Document* known = library_.find(id);
    // Of one that came back nobody can say when whoever removes it looked; the end of the run can.
    return known == nullptr || known->deleted || known->restored;
  }

  std::string difference(const FeedPlan&, const Held& held, const std::set<std::string>& excused,
                         bool) const override {
    std::string out;
    for (const auto& [id, document] : library_.documents()) {
      const auto found = held.find(id);
      if (!document.deleted && excused.contains(id)) continue;
      if (document.deleted) {
        if (found != held.end()) out += "should be gone: " + id + "\n";
      } else if (!document.bad) {
        if (found == held.end()) out += "missing: " + id + "\n";
        if (found != held.end()) out += difference_of(document, found->second);
      }
    }
    for (const auto& [id, document] : held) {
      if (library_.find(id) == nullptr) out += "never existed: " + id + "\n";
    }
    return out;
  }
  std::set<std::string> unreadable() const override {
    std::set<std::string> out;
    for (const auto& [id, document] : library_.documents()) {
      if (!document.deleted && document.bad) out.insert(id);
    }
    return out;
  }

 private:
  std::string add(Random& random) {
    const size_t bytes = random.chance(0.05) ? 2000 + random.below(3000) : random.below(400);
    return library_.add(random.below(library_.folders().size()), bytes);
  }
  std::string come_back(Random& random) {
    std::vector<std::string> gone;
    for (const auto& [id, document] : library_.documents()) {
      if (document.deleted) gone.push_back(id);
    }
    if (gone.empty()) return "nothing to restore";
    const std::string id = gone[random.below(gone.size())];
    library_.restore(id);
    return "restore " + id;
  }
  std::string permit_or_forbid(Random& random) {
    const size_t folder = random.below(library_.folders().size());
    library_.forbid(folder, !library_.folders()[folder].forbidden);
    return "permission of " + library_.folders()[folder].id;
  }
  std::vector<std::string> live_documents() const {
    std::vector<std::string> out;
    for (const auto& [id, document] : library_.documents()) {
      if (!document.deleted) out.push_back(id);
    }
    return out;
  }
  static uint64_t revision_of(const v1::Document& document) {
    constexpr std::string_view kBegin = "Revision ";
    const std::string& text = document.text();
    uint64_t revision = 0;
    if (text.starts_with(kBegin)) {
      std::from_chars(text.data() + kBegin.size(), text.data() + text.size(), revision);
    }
    return revision;
  }
  // Of a version such as "15838.3", with its quotes.
  static uint64_t tag_of(const v1::Document& document) {
    const std::string& version = document.version();
    const size_t point = version.find('.');
    uint64_t tag = 0;
    if (point != std::string::npos) {
      std::from_chars(version.data() + point + 1, version.data() + version.size(), tag);
    }
    return tag;
  }
  std::string difference_of(const Document& wanted, const v1::Document& held) const {
    const Edition& now = wanted.now;
    const std::vector<std::string> path(held.path().begin(), held.path().end());
    bool version_known = false;
    for (const uint32_t tag : Library::tags_of_now(wanted)) {
      version_known |= held.version() == Library::etag(wanted, tag);
    }
    if (held.text() != library_.text(wanted, now)) return "old text: " + wanted.id + "\n";
    if (held.title() != now.name || path != now.path) return "old name or path: " + wanted.id + "\n";
    if (!version_known) return "another version, " + held.version() + ": " + wanted.id + "\n";
    return {};
  }

  bool objections_;
  Library library_;
  Watched simulator_;
};

} // namespace

std::unique_ptr<Source> make_library_source(const SourcePlan& plan) {
  return std::make_unique<LibrarySource>(plan);
}

} // namespace circuit::simulation
