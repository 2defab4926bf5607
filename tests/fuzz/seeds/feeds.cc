// Feeds as the simulator writes them, of all formats, charsets and bad habits, small; and the oddities of
// feeds by hand.

#include <array>

#include "ingest/runtime/random.h"
#include "tests/fuzz/seeds/seeds.h"
#include "tests/providers/rss/render.h"
#include "tests/providers/rss/world.h"

namespace circuit::fuzz {
namespace {

namespace sim = circuit::providers::rss;

constexpr auto kFeeds = std::to_array<std::string_view>({
    R"(<rss version="2.0"><channel><title>T</title><link>http://a.test/</link><ttl>60</ttl>
<skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays><image><url>/i.png</url></image>
<cloud domain="c" port="80" path="/" registerProcedure="p" protocol="xml-rpc"/>
<item><title>A &amp; B</title><guid>1</guid><pubDate>Mon, 02 Nov 2026 10:11:00 +0000</pubDate>
<description><![CDATA[<p>Hi <b>you</b>]]></description><enclosure url="/e.mp3" length="12" type="audio/mpeg"/>
<category domain="d">c</category><author>me@a.test (Me)</author><comments>/c</comments>
<source url="http://b.test/">S</source></item></channel></rss>)",
    R"(<!DOCTYPE rss [<!ENTITY x "text"><!ENTITY y "&x;&x;">]><rss><channel><item><title>&x;&y;&nbsp;&#x41;
</title><link>?a=1&b=2</item><item><description>&lt;p&gt;open)",
    R"(<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.test/" xml:lang="de"><title>T</title>
<link rel="next" href="?p=2"/><entry><id>urn:1</id><title type="html">&lt;b&gt;x</title>
<updated>2026-11-02T10:11:00Z</updated><author><name>N</name><email>e@a.test</email><uri>/u</uri></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Hi<br/></p></div></content>
<link rel="enclosure" href="e.mp3" length="5"/><category term="t" scheme="s" label="l"/>
<source><id>s</id><title>S</title></source></entry></feed>)",
    R"(<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"
xmlns:fh="http://purl.org/syndication/history/1.0"><fh:complete/><fh:archive/>
<at:deleted-entry ref="urn:1" when="2026-11-02T10:11:00Z"/><entry><id>2</id><content type="text/markdown"># x
</content></entry><entry><id>3</id><content type="application/octet-stream">aGVsbG8=</content></entry>
<entry><id>4</id><content src="http://a.test/big"/></entry></feed>)",
    R"(<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel rdf:about="http://a.test/">
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency></channel>
<item rdf:about="http://a.test/1"><dc:date>2026-11-02</dc:date><dc:creator>Me</dc:creator>
<content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded></item></rdf:RDF>)",
    R"(<rss xmlns:media="http://search.yahoo.com/mrss/" xmlns:georss="http://www.georss.org/georss"
xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:gml="http://www.opengis.net/gml"><channel>
<item><guid isPermaLink="false">g</guid><media:group><media:content url="/m.mp4" type="video/mp4" width="3"/>
<media:thumbnail url="/t.png"/></media:group><georss:point>45.2 -71.9</georss:point><georss:where><gml:Point>
<gml:pos>1 2</gml:pos></gml:Point></georss:where><itunes:duration>1:02</itunes:duration>
<itunes:image href="/i.png"/><itunes:keywords>a, b</itunes:keywords></item></channel></rss>)",
    R"(<CHANNEL HREF="http://a.test/"><ITEM HREF="x"><TITLE>t</TITLE><ABSTRACT>a</ABSTRACT></ITEM></CHANNEL>)",
    R"(<html><head><link rel="alternate" type="application/rss+xml" href="/feed"><title>x</title>)",
    R"(<rss><channel><item><title>a<item><title>b</title></item></channel></rss>)",
    R"(<?xml version="1.0" encoding="iso-8859-1"?><rss><channel><title>)"
    "\xE9\x80</title></channel></rss>",
    "\x1F\x8B\x08",
    "",
});

constexpr auto kJsonFeeds = std::to_array<std::string_view>({
    R"({"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"http://a.test/","feed_url":"/f",
"next_url":"?p=2","expired":true,"icon":"/i","authors":[{"name":"N","url":"/u","avatar":"/a"}],"language":"de",
"hubs":[{"type":"WebSub","url":"/h"}],"items":[{"id":"1","url":"/1","external_url":"/x","title":"t",
"content_html":"<p>x","content_text":"x","summary":"s","image":"/i","banner_image":"/b",
"date_published":"2026-11-02T10:11:00Z","date_modified":"2026-11-02","tags":["a","b"],"language":"en",
"attachments":[{"url":"/a.mp3","mime_type":"audio/mpeg","title":"t","size_in_bytes":5,
"duration_in_seconds":1.5}],"_x":{"y":[1]}}]})",
    R"({"version":"https://jsonfeed.org/version/1","author":{"name":"N"},"items":[{"id":1},{"id":2.5},{},null,7]})",
    R"({"id":"1","content_text":"<b> & \u00e9 \ud83d\ude00","date_published":"x"})",
    R"({"id":{"a":[]},"url":7,"tags":"x","attachments":{},"authors":null})",
    R"([])",
    R"({"items":[]})",
});

// A page of each format, charset and label in turn, and of feeds drawn at random, with two items each.
void add_simulated(SeedFolder& seeds) {
  constexpr int kDrawn = 40;
  sim::World world(sim::WorldOptions{.seed = 7});
  for (int format = 0; format < sim::kFormatCount; ++format) {
    for (int charset = 0; charset < sim::kCharsetCount; ++charset) {
      sim::FeedTraits traits = sim::plain_traits(static_cast<sim::Format>(format));
      traits.charset = static_cast<sim::Charset>(charset);
      traits.charset_label = static_cast<sim::CharsetLabel>((format + charset) % 3);
      traits.item_bytes = 300;
      world.add_feed(sim::legal(std::move(traits)), 2);
    }
  }
  for (int i = 0; i < kDrawn; ++i) world.add_drawn_feed(2);
  for (size_t i = 0; i < world.feed_count(); ++i) {
    const sim::Feed& feed = world.feed(i);
    sim::Page page;
    page.items = world.current_items(feed);
    page.links.self = "https://feeds.example/self";
    page.links.next = "https://feeds.example/next";
    page.complete = i % 5 == 0;
    page.tombstones = feed.traits.tombstones;
    const std::string body = sim::render_page(world, feed, page);
    const std::string input = sim::content_type_of(feed.traits) + "\n" + body;
    seeds.add("feed_bytes", input);
    if (feed.traits.format == sim::Format::kJsonFeed11) {
      seeds.add("json_feed", body);
    } else {
      seeds.add("charset", input);
    }
  }
}

} // namespace

void add_feed_seeds(SeedFolder& seeds) {
  add_simulated(seeds);
  for (const std::string_view feed : kFeeds) {
    seeds.add("feed_bytes", "application/xml\n" + std::string(feed));
    seeds.add("charset", "text/xml; charset=iso-8859-1\n" + std::string(feed));
  }
  for (const std::string_view feed : kJsonFeeds) {
    seeds.add("json_feed", feed);
    seeds.add("feed_bytes", "application/feed+json\n" + std::string(feed));
  }
}

} // namespace circuit::fuzz
