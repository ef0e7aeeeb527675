import type { ComponentChildren } from 'preact';

/** Why something cannot be shown; it is read out when it appears. */
export function Problem({ id, children }: { readonly id?: string; readonly children: ComponentChildren }) {
  return (
    <p class="problem" role="alert" id={id}>
      {children}
    </p>
  );
}
