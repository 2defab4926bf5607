#include "tests/providers/rss/simulator.h"
#include "tests/providers/rss/world.h"
#include "tests/simulation/source.h"

namespace circuit::simulation {
namespace {

namespace rss = providers::rss;

class WebSource final : public Source {
 public:
  explicit WebSource(const SourcePlan& plan)
      : name_("feeds" + std::to_string(plan.index) + ".example"),
        world_(rss::WorldOptions{.seed = plan.seed}),
        simulator_(world_, rss::SimulatorOptions{.base_url = "http://" + name_, .hosts = 2}) {
    SeededRandom random(plan.seed + 1);
    for (size_t i = 0; i < plan.web_feeds; ++i) {
      rss::FeedTraits traits = rss::draw_traits(random);
      traits.window = 1 + random.below(8);
      traits.page_size = 1 + random.below(4);
      traits.item_bytes = 60;
      world_.add_feed(rss::legal(std::move(traits)), plan.documents);
    }
  }

  providers::SimulatedProvider& model() override { return simulator_; }
  std::string host() const override { return "*." + name_; }
  v1::Feed feed(const FeedPlan& plan) const override {
    v1::Feed feed = plan.settings;
    feed.set_provider("rss");
    feed.clear_connection(); // it needs none
    feed.mutable_rss()->set_url(simulator_.feed_url(plan.web_feed));
    feed.mutable_rss()->set_with_history(plan.with_history);
    return feed;
  }

  std::string change(Random& random, double removals, SystemTime now) override {
    const size_t feed = random.below(world_.feed_count());
    const auto items = world_.current_items(world_.feed(feed));
    if (items.empty() || random.chance(0.4)) {
      const bool odd = random.chance(0.1);
      return "add " + std::to_string(
                          world_.add_item(feed, now, 0, odd ? rss::Oddity::kBrokenDate : rss::Oddity::kNone));
    }
    const uint32_t number = items[random.below(items.size())]->number;
    if (random.chance(0.4 * removals)) {
      world_.delete_item(feed, number, now);
      return "delete " + std::to_string(number);
    }
    if (random.chance(0.8)) {
      world_.edit_item(feed, number, now);
      return "edit " + std::to_string(number);
    }
    if (random.chance(0.3)) {
      const int statuses[] = {0, 301, 302, 308};
      world_.move_feed(feed, statuses[random.below(4)]);
      return "move feed";
    }
    const rss::FeedState states[] = {rss::FeedState::kPublished, rss::FeedState::kForbidden,
                                     rss::FeedState::kMissing, rss::FeedState::kGone};
    world_.set_state(feed, states[random.below(4)], now);
    return "state of feed";
  }
  void remove_many(Random& random, SystemTime now) override {
    for (size_t feed = 0; feed < world_.feed_count(); ++feed) {
      for (const auto* item : world_.current_items(world_.feed(feed))) {
        if (random.chance(0.7)) world_.delete_item(feed, item->number, now);
      }
    }
  }
  void calm(SystemTime now) override {
    for (size_t feed = 0; feed < world_.feed_count(); ++feed) {
      world_.set_state(feed, rss::FeedState::kPublished, now);
    }
  }

  std::string impossible(const v1::Document& document) const override {
    return document.external_id().empty() ? "a document without identity" : "";
  }
  uint64_t version_number(const v1::Document&) const override { return 0; }
  bool may_remove(const FeedPlan& plan, const std::string& id) const override {
    const bool complete = world_.feed(plan.web_feed).traits.history == rss::History::kComplete;
    for (const auto& document : world_.truth(plan.web_feed).documents) {
      if (document.external_id.empty()) return true; // the feed invents ids for these
      if (document.external_id != id) continue;
      return complete ? document.visibility != rss::Visibility::kCurrent
                      : document.visibility == rss::Visibility::kDeleted ||
                            document.visibility == rss::Visibility::kForgotten;
    }
    return true;
  }

  std::string difference(const FeedPlan& plan, const Held& held, const std::set<std::string>& excused,
                         bool after_full) const override {
    std::string out;
    bool invented = false;
    std::set<std::string> gone;
    for (const auto& document : world_.truth(plan.web_feed).documents) {
      const std::string& id = document.external_id;
      invented |= id.empty();
      if (id.empty() || excused.contains(id)) continue;
      if (document.visibility == rss::Visibility::kDeleted) gone.insert(id);
      const auto found = held.find(id);
      const bool current = document.visibility == rss::Visibility::kCurrent;
      const bool older = document.visibility == rss::Visibility::kHistory && plan.with_history && after_full;
      if ((current || older) && found == held.end()) out += "missing: " + id + "\n";
      if (current && found != held.end() && found->second.text().find(document.marker) == std::string::npos) {
        out += "old: " + id + "\n";
      }
    }
    for (const auto& [id, document] : held) {
      if (!invented && gone.contains(id)) out += "should be gone: " + id + "\n";
    }
    return out;
  }
  bool has_ended(const FeedPlan& plan) const override {
    return world_.feed(plan.web_feed).state == rss::FeedState::kGone ||
           world_.feed(plan.web_feed).traits.finished;
  }

 private:
  std::string name_;
  rss::World world_;
  rss::RssSimulator simulator_;
};

} // namespace

std::unique_ptr<Source> make_web_source(const SourcePlan& plan) { return std::make_unique<WebSource>(plan); }

} // namespace circuit::simulation
