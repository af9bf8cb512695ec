// A stand-in of Sekisho's demo for a vendor's script. It is not the vendor's code and sends nothing outside this
// machine: it sets made-up cookies of the usual names, asks for the usual follow-up address (a stand-in as well)
// and tells the demo page that it ran.
(function (standin) {
  for (const cookie of standin.cookies) document.cookie = cookie + '; path=/; samesite=lax';
  // Scripts that the page's snippet calls by name once they are there: Munchkin.init(…), Rtoaster.track(), ….
  if (standin.global) window[standin.global] ||= { init() {}, track() {} };
  for (const url of standin.loads) {
    const script = document.createElement('script');
    script.src = url;
    document.head.appendChild(script);
  }
  for (const url of standin.sends) new Image().src = url;
  document.dispatchEvent(new CustomEvent('standin:ran', { detail: { vendor: standin.vendor } }));
})(/*standin*/);
