throw new Error(
  'no platform was chosen: start Node with --conditions=local (or bundle with condition "aws"). ' +
    'Without it nothing runs, so that a forgotten flag can never reach a real account.',
);
