using System;
using System.Collections.Generic;

namespace Example
{
    public class Mailer
    {
        private readonly List<string> sent = new List<string>();

        public string Sender { get; set; }

        public Mailer(string sender)
        {
            Sender = sender;
        }

        public bool Send(string to, string text)
        {
            if (string.IsNullOrEmpty(to))
            {
                throw new ArgumentException("nobody to send to", nameof(to));
            }
            foreach (var line in text.Split('\n'))
            {
                sent.Add($"{Sender} -> {to}: {line}");
            }
            return sent.Count > 0;
        }
    }
}
