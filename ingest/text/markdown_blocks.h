#pragma once
// Lists and tables of HTML, as they turn into Markdown. Private to this folder; belong to one conversion.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/text/html_parse.h"
#include "ingest/text/markdown_table.h"
#include "ingest/text/markdown_writer.h"

namespace circuit::text {

// <ul>, <ol> and <dl> with their items; <dd> is an item, <dt> is none of this class's business.
class MarkdownLists {
 public:
  void begin_list(MarkdownWriter& out, const HtmlElement& element);
  void end_list(MarkdownWriter& out);
  void begin_item(MarkdownWriter& out, const HtmlElement& element);
  void end_item(MarkdownWriter& out);

 private:
  struct List {
    bool ordered = false;
    bool orphan = false;  // made up for an item that stands in no list
    char marker = '-';    // or '*' where a list follows a list; ordered: '.' or ')'
    long long number = 1; // of the next item
    size_t indent = 2;    // of the last item's text
    bool in_item = false;
    bool contained = false; // the item that is open has a container in the writer
    bool indented = false;  // the list has one: it stands in a list, but in none of its items
  };
  struct Ended {
    size_t at = std::string::npos; // how much was written when the last list ended
    bool ordered = false;
    char marker = '-';
  };

  std::vector<List> lists_;
  Ended ended_;
};

// <table>: collects cells until it is known whether they are data or a page laid out with a table.
class MarkdownTables {
 public:
  explicit MarkdownTables(MarkdownWriter& main) : main_(main) {}

  void begin_table(const HtmlElement& element);
  void end_table();
  void begin_row();
  void end_row();
  void begin_cell(const HtmlElement& element);
  void end_cell();

  // Where to write now: the cell that is open, or the page.
  MarkdownWriter& writer() { return is_in_cell() ? *tables_.back().cell : main_; }
  // What is collected and not yet written, roughly.
  size_t bytes() const;

  // Something comes that no cell can hold: the table was for layout, its cells become blocks.
  void leave_data();

 private:
  struct Table {
    bool layout = false;
    MarkdownTable rows;
    std::unique_ptr<MarkdownWriter> cell;
    TableCell attributes; // of the open cell
  };

  bool is_in_cell() const { return !tables_.empty() && tables_.back().cell != nullptr; }
  bool collects() const { return !tables_.empty() && !tables_.back().layout; }
  void write_contents(const MarkdownTable& rows);

  MarkdownWriter& main_;
  std::vector<Table> tables_;
};

} // namespace circuit::text
