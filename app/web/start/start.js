/**
 * What Streamlit's client must know before it runs (a plain script: it comes before all modules).
 *
 * It is told where its server is: below /train it would look at /train/_stcore first. So told, it connects at once,
 * without two questions beforehand. And it keeps its own words of a lost server to itself: English, for programmers,
 * and over our notice.
 */

window.__streamlit = {
  BACKEND_BASE_URL: new URL(".", location.href).href,
  HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false, blockErrorDialogs: true },
};

try {
  // Streamlit's own note of what the person chose
  const saved = JSON.parse(localStorage.getItem(`stActiveTheme-${location.pathname}-v2`));
  if (saved === "Light" || saved === "Dark") document.documentElement.dataset.mxTheme = saved;
} catch {
  // no storage, or nothing of ours in it: the system's choice stands
}
