/** A page that draws the toolbar button with its badge, where no toolbar can be pictured. It says that it is a drawing. */

/** @param icon a PNG; @param badge what the browser says that the badge is */
export function badgePage(icon: Uint8Array, badge: string): string {
  const picture = Buffer.from(icon).toString("base64");
  const text = badge.replaceAll(/[^0-9!]/g, "");
  return `<!doctype html>
<html lang="en">
  <title>Badge</title>
  <style>
    body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: #fff; color: #1f1f1f; }
    main { display: inline-flex; align-items: center; gap: 24px; padding: 20px 28px; }
    .button { position: relative; padding: 12px; border-radius: 50%; background: #eef0f3; }
    img { display: block; width: 40px; height: 40px; }
    .badge { position: absolute; right: 2px; bottom: 2px; min-width: 22px; padding: 0 5px; border-radius: 6px;
      background: #0b6b4b; color: #fff; font-weight: 600; text-align: center; }
    small { color: #5f6368; }
  </style>
  <main>
    <span class="button"><img src="data:image/png;base64,${picture}" alt="" /><span class="badge">${text}</span></span>
    <span>The badge is "${text}"<br /><small>Drawn from what the browser's action API returns.</small></span>
  </main>
</html>`;
}
