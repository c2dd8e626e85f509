#include "bench/load/show/page/frame.h"

#include "bench/load/show/page/markup.h"
#include "bench/load/show/page/script.h"
#include "bench/load/show/page/style.h"

namespace switchboard::load {

std::string BeginPage(const std::string& title) {
  // Even if something in it had escaped the escaping, nothing but the page's own script could run,
  // and nothing could be fetched.
  return std::string(
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'unsafe-inline'; script-src 'sha256-") +
         kReportScriptSha256 +
         "'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         Escaped(title) + " – switchboard-load</title>\n<style>" + kReportStyle +
         "</style>\n</head>\n<body>\n";
}

std::string EndPage(const std::string& version) {
  return "</main>\n<footer>Made by switchboard-load " + Escaped(version) + ".</footer>\n<script>" +
         ReportScript() + "</script>\n</body>\n</html>\n";
}

std::string PageHeader(const HeaderText& text) {
  std::string out = "<header><p class=\"over\">" + Escaped(text.over) + "</p>\n<h1>" +
                    Escaped(text.title) + "</h1>\n<p class=\"under\">" + Escaped(text.under) +
                    "</p>\n";
  for (const std::string& note : text.notes) out += "<p class=\"note\">" + Escaped(note) + "</p>\n";
  return out + "</header>\n";
}

std::string WithinLimit(const std::function<std::string(const Detail&)>& page) {
  constexpr size_t kCoarsest = 10;
  Detail detail;
  std::string html = page(detail);
  while (html.size() > kMostPageBytes && detail.columns > kCoarsest) {
    detail.columns /= 2;
    html = page(detail);
  }
  return html;
}

}  // namespace switchboard::load
