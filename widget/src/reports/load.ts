// On a report-only site, whose banner's file is not loaded: loads the file that reports, in a sample of page views.
import type reports from './main';

export default ({ sample, url }: { sample: number; url: string }): void => {
  const send = fetch;
  if (Math.random() < sample) {
    // eslint-disable-next-line no-unsanitized/method -- the service's own address, compiled into this file
    import(url).then(
      (file: { default: typeof reports }) => file.default(send),
      () => {},
    );
  }
};
