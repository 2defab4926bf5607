// Web feeds before the acceptance suite: each format with plain manners, and the bad habits that matter.

#include "feeds/rss/provider.h"
#include "tests/acceptance/subject.h"
#include "tests/providers/rss/simulator.h"
#include "tests/providers/rss/world.h"

namespace circuit::acceptance {
namespace {

namespace sim = circuit::providers::rss;

v1::Provider description() {
  v1::Provider provider;
  provider.set_name("rss");
  return provider;
}

circuit::feeds::rss::RssOptions options() {
  circuit::feeds::rss::RssOptions out;
  out.max_text_bytes = 1 << 20;
  return out;
}

class RssSubject final : public Subject {
 public:
  RssSubject(uint64_t seed, sim::FeedTraits traits)
      : world_(sim::WorldOptions{.seed = seed}), simulator_(world_, {}), provider_(description(), options()) {
    constexpr size_t kItems = 10;
    world_.add_feed(sim::legal(std::move(traits)), kItems);
  }

  const sync::Provider& provider() const override { return provider_; }
  v1::Feed feed() const override {
    v1::Feed feed;
    feed.set_provider("rss");
    feed.mutable_rss()->set_url(simulator_.feed_url(0));
    feed.mutable_rss()->set_with_history(traits().history == sim::History::kPaged ||
                                         traits().history == sim::History::kArchived);
    return feed;
  }
  std::string host() const override { return "feeds.example"; }
  providers::SimulatedProvider& model() override { return simulator_; }

  bool can(Ability ability) const override {
    switch (ability) {
      case Ability::kEdit:
        return sim::identifies_itself(traits().identity);
      case Ability::kDelete:
        return traits().tombstones || traits().history == sim::History::kComplete;
      case Ability::kResumeListing:
        return traits().history == sim::History::kPaged || traits().history == sim::History::kArchived;
      case Ability::kLosePermission:
      case Ability::kRejectOneItem:
      case Ability::kEnd:
        return true;
    }
    return false;
  }

  size_t add_item(SystemTime now) override { return world_.add_item(0, now); }
  void add_huge_item(SystemTime now, size_t bytes) override { world_.add_item(0, now, bytes); }
  void add_bad_item(SystemTime now) override { world_.add_item(0, now, 0, sim::Oddity::kEmpty); }
  void edit_item(size_t item, SystemTime now) override {
    world_.edit_item(0, static_cast<uint32_t>(item), now);
  }
  void delete_item(size_t item, SystemTime now) override {
    world_.delete_item(0, static_cast<uint32_t>(item), now);
  }
  void lose_permission(bool lost, SystemTime now) override {
    world_.set_state(0, lost ? sim::FeedState::kForbidden : sim::FeedState::kPublished, now);
  }
  void end_source(SystemTime now) override { world_.set_state(0, sim::FeedState::kGone, now); }

  std::map<std::string, Expected> must_hold() const override {
    std::map<std::string, Expected> out;
    for (const auto& document : world_.truth(0).documents) {
      const bool in_history = document.visibility == sim::Visibility::kHistory && feed().rss().with_history();
      const bool current = document.visibility == sim::Visibility::kCurrent;
      if ((current || in_history) && !document.external_id.empty())
        out[document.external_id] = {document.marker};
    }
    return out;
  }
  bool may_hold(const std::string& external_id) const override {
    for (const auto& document : world_.truth(0).documents) {
      if (document.external_id.empty()) return true; // the consumer invents ids for these
      if (document.external_id == external_id) return document.visibility != sim::Visibility::kDeleted;
    }
    return false;
  }

 private:
  const sim::FeedTraits& traits() const { return world_.feed(0).traits; }

  sim::World world_;
  sim::RssSimulator simulator_;
  circuit::feeds::rss::RssProvider provider_;
};

SubjectCase plain(std::string name, sim::Format format) {
  return {std::move(name),
          [format](uint64_t seed) { return std::make_unique<RssSubject>(seed, sim::plain_traits(format)); }};
}

SubjectCase with(std::string name, sim::Format format, void (*change)(sim::FeedTraits&)) {
  return {std::move(name), [format, change](uint64_t seed) {
            sim::FeedTraits traits = sim::plain_traits(format);
            change(traits);
            return std::make_unique<RssSubject>(seed, std::move(traits));
          }};
}

} // namespace

std::vector<SubjectCase> rss_subjects() {
  using sim::FeedTraits;
  using sim::Format;
  return {
      plain("Rss20", Format::kRss20),
      plain("Rss10", Format::kRss10),
      plain("Atom10", Format::kAtom10),
      plain("JsonFeed", Format::kJsonFeed11),
      with("AtomWithTombstones", Format::kAtom10, [](FeedTraits& t) { t.tombstones = true; }),
      with("AtomComplete", Format::kAtom10, [](FeedTraits& t) { t.history = sim::History::kComplete; }),
      with("AtomPaged", Format::kAtom10,
           [](FeedTraits& t) {
             t.history = sim::History::kPaged;
             t.window = t.page_size = 3;
           }),
      with("AtomArchived", Format::kAtom10,
           [](FeedTraits& t) {
             t.history = sim::History::kArchived;
             t.window = t.page_size = 3;
           }),
      with("RssByLinkAlone", Format::kRss20, [](FeedTraits& t) { t.identity = sim::Identity::kLinkOnly; }),
      with("RssSameGuid", Format::kRss20, [](FeedTraits& t) { t.identity = sim::Identity::kSameGuid; }),
      with("RssWithoutValidators", Format::kRss20,
           [](FeedTraits& t) {
             t.etag = false;
             t.last_modified = false;
           }),
      with("RssJapanese", Format::kRss20,
           [](FeedTraits& t) {
             t.script = sim::Script::kJapanese;
             t.charset = sim::Charset::kShiftJis;
           }),
      with("AtomEmoji", Format::kAtom10, [](FeedTraits& t) { t.script = sim::Script::kEmoji; }),
  };
}

} // namespace circuit::acceptance
