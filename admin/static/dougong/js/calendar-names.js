// Months and weekdays of the bundled date picker in the page's language. A plain script: it must run between moment
// and the first picker.
(() => {
  const lang = document.documentElement.lang;
  if (!window.moment || lang.startsWith("en")) return;
  const name = (options, date) => new Intl.DateTimeFormat(lang, { ...options, timeZone: "UTC" }).format(date);
  const months = [...Array(12).keys()].map((month) => new Date(Date.UTC(2023, month, 15)));
  const days = [...Array(7).keys()].map((day) => new Date(Date.UTC(2023, 0, 1 + day)));
  window.moment.locale(lang.toLowerCase(), {
    months: months.map((date) => name({ month: "long" }, date)),
    monthsShort: months.map((date) => name({ month: "short" }, date)),
    weekdays: days.map((date) => name({ weekday: "long" }, date)),
    weekdaysShort: days.map((date) => name({ weekday: "short" }, date)),
    weekdaysMin: days.map((date) => name({ weekday: "narrow" }, date)),
    week: { dow: 1, doy: 4 },
  });
})();
